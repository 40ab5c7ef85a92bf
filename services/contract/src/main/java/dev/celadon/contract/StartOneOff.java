package dev.celadon.contract;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's order to one node to run a one-off dyno, given once: what was ordered and is lost is not run again.
 * The agent asks the api for its environment.
 *
 * @param epoch of the leader's lease; an agent refuses one older than the newest it has seen
 * @param name {@code run.7}, {@code release.2}
 * @param isWithoutTty pipes instead of a terminal
 * @param secretHash SHA-256, hex, of the secret that its client shows; null when nobody attaches
 * @param inside the dyno whose container it shares
 */
public record StartOneOff(
        UUID dynoId,
        long epoch,
        UUID appId,
        String appName,
        String name,
        String slugSha256,
        String command,
        String stack,
        int hostUid,
        int memoryMb,
        boolean isWithoutTty,
        @Nullable String secretHash,
        @Nullable UUID inside)
        implements DynoOrder {}
