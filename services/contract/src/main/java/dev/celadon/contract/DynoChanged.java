package dev.celadon.contract;

import java.util.UUID;

/**
 * A dyno changed its state. A hint only: the row in {@code manifold.dynos} is the fact.
 *
 * @param name {@code web.1}
 */
public record DynoChanged(UUID dynoId, UUID appId, String name, DynoState state) {}
