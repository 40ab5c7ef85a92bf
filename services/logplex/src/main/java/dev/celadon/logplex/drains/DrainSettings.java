package dev.celadon.logplex.drains;

import dev.celadon.logplex.domain.DrainQueue;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Networks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * @param request for the answer of what is posted to
 * @param write for a syslog server to take what was sent
 * @param idle a connection that carries nothing for so long is closed
 * @param idleFuzz so much later at most, so that not all close at once
 * @param report between two lines about losses of a drain in the app's log
 * @param blocked networks that nothing is drained to
 * @param authorities certificates trusted beside the usual ones
 */
public record DrainSettings(
        DrainQueue.Limits limits,
        Duration connect,
        Duration request,
        Duration write,
        Duration idle,
        Duration idleFuzz,
        Duration report,
        Networks blocked,
        Optional<Path> authorities) {
    public static DrainSettings from(Environment environment) {
        return new DrainSettings(
                limits(environment),
                environment.duration("CELADON_DRAIN_CONNECT_TIMEOUT", "3s", "to connect to a drain"),
                environment.duration("CELADON_DRAIN_REQUEST_TIMEOUT", "5s", "for an HTTPS drain to answer"),
                environment.duration("CELADON_DRAIN_WRITE_TIMEOUT", "1m", "for a syslog drain to take what is sent"),
                environment.duration("CELADON_DRAIN_IDLE", "4m", "a drain's quiet connection is closed"),
                environment.duration("CELADON_DRAIN_IDLE_FUZZ", "15s", "or so much later at most"),
                environment.duration(
                        "CELADON_DRAIN_REPORT", "10s", "between words of a drain's losses in the app's log (L10)"),
                environment.read(
                        "CELADON_DRAIN_BLOCKED",
                        "169.254.0.0/16,fe80::/10",
                        "networks that nothing is drained to",
                        Networks::parse),
                environment
                        .optional("CELADON_DRAIN_CA", "PEM file of certificates trusted of drains beside the usual")
                        .map(Path::of));
    }

    private static DrainQueue.Limits limits(Environment environment) {
        return new DrainQueue.Limits(
                environment.integer(
                        "CELADON_DRAIN_BUFFER", 1_024, 1, 1_000_000, "messages a drain may be behind (L10)"),
                environment.integer(
                        "CELADON_DRAIN_SHRUNK_BUFFER", 10, 1, 1_000_000, "the same, when it has been failing for long"),
                (int) environment.bytes("CELADON_DRAIN_BATCH", "100KB", "sent to a drain at once"),
                environment.duration("CELADON_DRAIN_SHRINK_AFTER", "5m", "a drain fails so long until it is shrunk"),
                environment.duration("CELADON_DRAIN_RETRY", "1s", "before the second try of a drain, then doubled"),
                environment.duration("CELADON_DRAIN_RETRY_MOST", "1m", "between tries of a drain at most"));
    }
}
