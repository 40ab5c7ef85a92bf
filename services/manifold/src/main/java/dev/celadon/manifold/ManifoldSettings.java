package dev.celadon.manifold;

import dev.celadon.runtime.Environment;
import java.time.Duration;

/**
 * @param look between looks at everything, when no event said so
 * @param lease how long leadership lasts without renewal
 * @param acknowledge how long routers are waited for before an unrouted dyno is stopped all the same
 * @param grace between SIGTERM and SIGKILL (R12)
 */
public record ManifoldSettings(
        String zone,
        int capacityMb,
        int diskMb,
        int readyDisks,
        Duration look,
        Duration heartbeat,
        Duration lease,
        Duration acknowledge,
        Duration grace,
        Duration nodeLoss,
        PolicySettings policy,
        OneOffSettings oneOffs,
        MemorySettings memory) {
    public static ManifoldSettings from(Environment environment) {
        return new ManifoldSettings(
                environment.string("CELADON_NODE_ZONE", "local", "the zone this host is in, for spreading dynos"),
                (int) (environment.bytes("CELADON_NODE_CAPACITY", "256GB", "memory offered to dynos, by quota") >> 20),
                (int) (environment.bytes("CELADON_DYNO_DISK", "1GB", "ephemeral disk of a dyno") >> 20),
                environment.integer(
                        "CELADON_DYNO_READY", 10, 0, 1_000, "disks and network places kept ready for starts"),
                environment.duration("CELADON_MANIFOLD_LOOK", "2s", "between looks at wanted and actual dynos"),
                environment.duration("CELADON_MANIFOLD_HEARTBEAT", "2s", "between a node's heartbeats"),
                environment.duration("CELADON_MANIFOLD_LEASE", "8s", "leadership without renewal"),
                environment.duration(
                        "CELADON_MANIFOLD_ACKNOWLEDGE",
                        "10s",
                        "a silent router is waited for before an unrouted dyno stops"),
                environment.duration("CELADON_STOP_GRACE", "30s", "between SIGTERM and SIGKILL (R12)"),
                environment.duration("CELADON_NODE_LOSS", "15s", "a node silent for longer has lost its dynos"),
                PolicySettings.from(environment),
                OneOffSettings.from(environment),
                MemorySettings.from(environment));
    }
}
