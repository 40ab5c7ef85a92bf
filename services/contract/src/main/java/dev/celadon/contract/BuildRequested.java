package dev.celadon.contract;

import java.util.UUID;

/** A build was asked for by source URL. A hint only: the rows of {@code api.v_build_requests} are the fact. */
public record BuildRequested(UUID buildId, UUID appId) {}
