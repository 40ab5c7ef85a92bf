package dev.celadon.contract;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of one of its dynos.
 *
 * @param address the dyno's own IP address, once it has one
 * @param port its {@code $PORT}, web only, else 0
 * @param since when it entered the state
 * @param exitStatus once the process ended: 0–255, 128 + signal for a killed one
 * @param cause why, when it is not the process's own doing: {@code R10}, {@code R12} …
 */
public record DynoReport(
        UUID dynoId,
        UUID appId,
        String name,
        DynoState state,
        @Nullable String address,
        int port,
        Instant since,
        @Nullable Integer exitStatus,
        @Nullable String cause) {}
