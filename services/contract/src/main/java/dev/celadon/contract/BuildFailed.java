package dev.celadon.contract;

import java.util.UUID;

/** A build ended without a slug. A hint only: the row in {@code compiler.builds} is the fact. */
public record BuildFailed(UUID buildId, UUID appId) {}
