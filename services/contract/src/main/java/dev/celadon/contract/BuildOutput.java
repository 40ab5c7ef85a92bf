package dev.celadon.contract;

import java.util.UUID;

/** A compiler has begun build {@code buildId}; its output streams from {@code outputUrl} (internal HTTP). */
public record BuildOutput(UUID buildId, UUID appId, String outputUrl) {}
