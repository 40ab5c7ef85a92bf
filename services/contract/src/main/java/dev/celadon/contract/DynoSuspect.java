package dev.celadon.contract;

import java.util.UUID;

/** A router could not connect to a dyno, or the dyno broke its promise; {@code reason} is {@code refused} or {@code timeout}. */
public record DynoSuspect(UUID appId, UUID dynoId, String reason) {}
