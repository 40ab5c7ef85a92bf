package dev.celadon.router;

import dev.celadon.router.domain.Policy;
import dev.celadon.runtime.Environment;
import java.time.Duration;

/**
 * @param look between looks for a newer routing table
 * @param resync between fetches of the whole table
 * @param certificateLook between looks for newer certificates
 * @param report between reports of apps in use and of dynos that drain
 * @param meteredApps apps with metrics of their own
 * @param drain requests in flight may take at shutdown
 */
public record RouterSettings(
        String bind,
        int port,
        int tlsPort,
        int loops,
        Policy policy,
        Duration look,
        Duration resync,
        Duration certificateLook,
        Duration report,
        Duration drain,
        int meteredApps) {
    public static RouterSettings from(Environment environment) {
        return new RouterSettings(
                environment.string("CELADON_ROUTER_BIND", "0.0.0.0", "address apps are served on"),
                environment.port("CELADON_ROUTER_PORT", 8080, "port of the router, HTTP"),
                environment.port("CELADON_ROUTER_TLS_PORT", 8443, "port of the router, HTTPS"),
                environment.integer(
                        "CELADON_ROUTER_LOOPS", 0, 0, 256, "event loops that route; 0: one for each processor"),
                policy(environment),
                environment.duration("CELADON_ROUTER_LOOK", "2s", "between looks for a newer routing table"),
                environment.duration("CELADON_ROUTER_RESYNC", "10m", "between fetches of the whole routing table"),
                environment.duration("CELADON_ROUTER_CERTIFICATE_LOOK", "30s", "between looks for newer certificates"),
                environment.duration(
                        "CELADON_ROUTER_REPORT",
                        "1s",
                        "between words to the manifold on apps in use and dynos to drain"),
                environment.duration("CELADON_ROUTER_DRAIN", "5s", "requests in flight may take at shutdown (H24)"),
                environment.integer(
                        "CELADON_ROUTER_METERED_APPS", 500, 0, 100_000, "apps that have metrics of their own"));
    }

    private static Policy policy(Environment environment) {
        return new Policy(
                environment.duration("CELADON_ROUTER_CONNECT_TIMEOUT", "5s", "for a connection to a dyno (H19)"),
                environment.duration(
                        "CELADON_ROUTER_FIRST_BYTE_TIMEOUT", "30s", "for the first byte of a response (H12)"),
                environment.duration(
                        "CELADON_ROUTER_IDLE_TIMEOUT", "55s", "without a byte in either direction (H15, H28)"),
                environment.duration(
                        "CELADON_ROUTER_BOOT_TIMEOUT", "75s", "a request waits for a dyno in all (H20, H99)"),
                environment.duration("CELADON_ROUTER_QUARANTINE", "5s", "a dyno that refused is not asked"),
                environment.duration(
                        "CELADON_ROUTER_KEEP_ALIVE", "1m", "a client's connection lies idle, or takes for one head"),
                environment.duration("CELADON_ROUTER_POOL_IDLE", "90s", "a connection to a dyno lies idle"),
                environment.duration(
                        "CELADON_ROUTER_HALF_CLOSE",
                        "1s",
                        "a client that closed its side without saying so before is still answered (H27)"),
                environment.integer(
                        "CELADON_ROUTER_DYNO_REQUESTS",
                        20_000,
                        1,
                        1_000_000,
                        "requests in flight this router gives one dyno; more wait"),
                environment.integer(
                        "CELADON_ROUTER_DYNO_QUEUE",
                        200,
                        0,
                        1_000_000,
                        "requests that wait for each dyno at most (H11)"),
                (int) environment.bytes("CELADON_ROUTER_MAX_HEADER", "64KB", "headers of a request at most"),
                (int) environment.bytes(
                        "CELADON_ROUTER_RESPONSE_BUFFER", "1MB", "a dyno may be ahead of a slow client"),
                environment.bytes(
                        "CELADON_ROUTER_LOOP_BUFFERS", "64MB", "what all of an event loop's slow clients may hold"),
                environment.integer(
                        "CELADON_ROUTER_CONNECTIONS",
                        50_000,
                        1,
                        10_000_000,
                        "connections of clients on one event loop (H22)"),
                environment.integer(
                        "CELADON_ROUTER_STREAMS", 100, 1, 10_000, "requests at once on one HTTP/2 connection"),
                environment.port(
                        "CELADON_ROUTER_REDIRECT_PORT",
                        0,
                        "plain HTTP is sent to HTTPS on this port; 0: it is served"));
    }
}
