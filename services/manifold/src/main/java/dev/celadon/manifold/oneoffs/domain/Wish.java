package dev.celadon.manifold.oneoffs.domain;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A one-off dyno that somebody asked for and whose end is not recorded, as the api's view has it.
 *
 * @param secretHash SHA-256, hex; null when nobody attaches
 * @param inside the dyno whose container it shares
 */
public record Wish(
        UUID id,
        UUID appId,
        String appName,
        String name,
        int releaseVersion,
        String slugSha256,
        String command,
        String stack,
        int memoryMb,
        boolean isWithoutTty,
        boolean isToStop,
        @Nullable String secretHash,
        @Nullable UUID inside) {}
