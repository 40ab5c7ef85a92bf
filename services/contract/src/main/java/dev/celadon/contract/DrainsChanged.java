package dev.celadon.contract;

import java.util.UUID;

/** An app gained or lost a log drain. A hint only: the rows of {@code api.v_drains} are the fact. */
public record DrainsChanged(UUID appId) {}
