package dev.celadon.manifold.scheduler.domain;

import dev.celadon.contract.DynoState;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An actual dyno, as its row has it.
 *
 * @param wasUp whether it ever was up
 * @param isReplaced a restart was asked for: it serves until its successor is up
 * @param retiredRevision of the routing table without it, once it was withdrawn
 */
public record Dyno(
        UUID id,
        UUID appId,
        String name,
        int version,
        String nodeId,
        int memoryMb,
        DynoState state,
        @Nullable String address,
        int port,
        Instant since,
        @Nullable String cause,
        @Nullable Integer exitStatus,
        boolean wasUp,
        boolean isReplaced,
        @Nullable Long retiredRevision,
        @Nullable Instant retiredAt,
        Instant createdAt) {

    public String type() {
        return name.substring(0, name.lastIndexOf('.'));
    }

    public int number() {
        return Integer.parseInt(name.substring(name.lastIndexOf('.') + 1));
    }

    public boolean isWeb() {
        return type().equals("web");
    }

    /** Neither gone nor on its way out. */
    public boolean isServing() {
        return !state.isFinal() && state != DynoState.STOPPING && retiredAt == null;
    }
}
