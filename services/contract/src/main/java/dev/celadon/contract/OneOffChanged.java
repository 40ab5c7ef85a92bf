package dev.celadon.contract;

import java.util.UUID;

/** A one-off dyno was asked for or is to be stopped. A hint only: the rows of {@code api.v_one_offs} are the fact. */
public record OneOffChanged(UUID dynoId, UUID appId) {}
