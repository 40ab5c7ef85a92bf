package dev.celadon.manifold;

import dev.celadon.runtime.Environment;
import java.time.Duration;

/**
 * @param host under which terminals are told to come: a name of the port's certificate
 * @param mostWaiting connections at once that have not shown a secret
 * @param attachLimit how long a dyno waits for its terminal (R13)
 * @param hangupEvery between SIGHUPs to a dyno whose terminal went away (R16 after the first)
 * @param idleLimit a terminal without a byte for that long is closed
 * @param inputQuiet after an EOT without terminal, until it counts as the end of input
 * @param outputQuiet until a held back {@code \r} or part of a marker is sent as it is
 */
public record OneOffSettings(
        String bind,
        int port,
        String host,
        int mostWaiting,
        Duration attachLimit,
        Duration hangupEvery,
        Duration idleLimit,
        Duration inputQuiet,
        Duration outputQuiet) {
    public static OneOffSettings from(Environment environment) {
        return new OneOffSettings(
                environment.string(
                        "CELADON_RENDEZVOUS_BIND", "0.0.0.0", "address of the port for one-off dynos' terminals"),
                environment.port("CELADON_RENDEZVOUS_PORT", 5000, "port of one-off dynos' terminals (TLS)"),
                environment.string(
                        "CELADON_RENDEZVOUS_HOST", "127.0.0.1", "host that terminals of one-off dynos connect to"),
                environment.integer(
                        "CELADON_RENDEZVOUS_WAITING",
                        1_000,
                        1,
                        100_000,
                        "connections at once that have not shown their secret yet; further ones are closed"),
                environment.duration(
                        "CELADON_ATTACH_LIMIT", "30s", "how long a one-off dyno waits for its terminal (R13)"),
                environment.duration(
                        "CELADON_HANGUP_EVERY", "5s", "between SIGHUPs to a dyno whose terminal went away (R16)"),
                environment.duration("CELADON_TERMINAL_IDLE", "1h", "a terminal silent for longer is closed"),
                environment.duration(
                        "CELADON_TERMINAL_INPUT_QUIET",
                        "150ms",
                        "after which EOT from a client without terminal is the end of its input"),
                environment.duration(
                        "CELADON_TERMINAL_OUTPUT_QUIET",
                        "100ms",
                        "after which a lone carriage return or a part of an exit marker is sent as it is"));
    }
}
