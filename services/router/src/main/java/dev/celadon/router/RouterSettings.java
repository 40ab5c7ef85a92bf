package dev.celadon.router;

import dev.celadon.runtime.Environment;
import java.time.Duration;

/**
 * @param firstByte from the end of the request to the first byte of the response (H12)
 * @param idle in either direction afterwards (H15, H28)
 * @param boot how long a request waits for a dyno to come up (H20)
 * @param quarantine how long a dyno that refused is not asked
 */
public record RouterSettings(
        String bind,
        int port,
        int tlsPort,
        Duration connect,
        Duration firstByte,
        Duration idle,
        Duration boot,
        Duration quarantine,
        Duration look,
        Duration drain,
        int maxHeaderBytes) {
    public static RouterSettings from(Environment environment) {
        return new RouterSettings(
                environment.string("CELADON_ROUTER_BIND", "0.0.0.0", "address apps are served on"),
                environment.port("CELADON_ROUTER_PORT", 8080, "port of the router, HTTP"),
                environment.port("CELADON_ROUTER_TLS_PORT", 8443, "port of the router, HTTPS"),
                environment.duration("CELADON_ROUTER_CONNECT_TIMEOUT", "5s", "for a connection to a dyno (H19)"),
                environment.duration(
                        "CELADON_ROUTER_FIRST_BYTE_TIMEOUT", "30s", "for the first byte of a response (H12)"),
                environment.duration(
                        "CELADON_ROUTER_IDLE_TIMEOUT", "55s", "without a byte in either direction (H15, H28)"),
                environment.duration(
                        "CELADON_ROUTER_BOOT_TIMEOUT", "75s", "a request waits for a dyno to come up (H20)"),
                environment.duration("CELADON_ROUTER_QUARANTINE", "5s", "a dyno that refused is not asked"),
                environment.duration("CELADON_ROUTER_LOOK", "2s", "between looks for a newer routing table"),
                environment.duration("CELADON_ROUTER_DRAIN", "5s", "requests in flight may take at shutdown"),
                (int) environment.bytes("CELADON_ROUTER_MAX_HEADER", "64KB", "headers of a request at most"));
    }
}
