package dev.celadon.contract;

import java.util.UUID;

/** A build finished with a slug. A hint only: the row in {@code compiler.slugs} is the fact. */
public record SlugReady(UUID buildId, UUID slugId, UUID appId) {}
