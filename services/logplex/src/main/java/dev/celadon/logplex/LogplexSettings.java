package dev.celadon.logplex;

import dev.celadon.logplex.drains.DrainSettings;
import dev.celadon.runtime.Environment;
import java.time.Duration;

/**
 * @param history lines kept per app
 * @param tailBuffer lines a slow reader may be behind before it loses the oldest (L11)
 * @param keepAlive between signs of life on a quiet session
 * @param sessionIdle a session in which no line was sent for so long is ended
 * @param retention lines of an app that logs nothing are kept so long
 * @param comeBack readers of events are told to come back so long after this process stopped
 */
public record LogplexSettings(
        String bind,
        int port,
        int history,
        int tailBuffer,
        int mostSessions,
        Duration keepAlive,
        Duration sessionIdle,
        Duration retention,
        Duration save,
        Duration comeBack,
        DrainSettings drains) {
    public static LogplexSettings from(Environment environment) {
        return new LogplexSettings(
                environment.string("CELADON_LOGPLEX_BIND", "0.0.0.0", "address log sessions are served on"),
                environment.port("CELADON_LOGPLEX_PORT", 0, "port log sessions are served on; 0: any free one, kept"),
                environment.integer("CELADON_LOGPLEX_HISTORY", 1_500, 1, 100_000, "log lines kept per app"),
                environment.integer(
                        "CELADON_LOGPLEX_TAIL_BUFFER", 1_024, 1, 100_000, "lines a slow reader may be behind (L11)"),
                environment.integer("CELADON_LOGPLEX_SESSIONS", 2_000, 1, 1_000_000, "log sessions open at once"),
                environment.duration("CELADON_LOGPLEX_KEEP_ALIVE", "15s", "between signs of life on a quiet session"),
                environment.duration(
                        "CELADON_LOGPLEX_SESSION_IDLE", "1h", "a session in which no line was sent is ended"),
                environment.duration("CELADON_LOGPLEX_RETENTION", "7d", "lines are kept of an app that logs nothing"),
                environment.duration("CELADON_LOGPLEX_SAVE", "2s", "between writes of the kept lines to disk"),
                environment.duration(
                        "CELADON_LOGPLEX_COME_BACK", "15s", "after a stop, when readers are told to come back"),
                DrainSettings.from(environment));
    }
}
