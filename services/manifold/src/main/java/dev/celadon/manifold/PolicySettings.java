package dev.celadon.manifold;

import dev.celadon.runtime.Environment;
import java.time.Duration;

/**
 * When dynos restart, rest and give way to others.
 *
 * @param cooldown after a dyno's second crash
 * @param isBackoffExponential whether the cool-down doubles with each further crash
 * @param rollbackWindow a release that crashes within it after going live is taken back; zero: never
 * @param drain how long requests of an unrouted dyno are waited for
 * @param cycle after which a dyno is replaced; zero: never
 * @param cycleJitter how much later at most
 * @param idleAfter without a request an app's only web dyno idles; zero: never
 * @param suspectProbes connections that a suspected dyno has to refuse
 * @param suspectPause between them
 */
public record PolicySettings(
        Duration cooldown,
        boolean isBackoffExponential,
        Duration rollbackWindow,
        Duration drain,
        Duration cycle,
        Duration cycleJitter,
        Duration idleAfter,
        int suspectProbes,
        Duration suspectPause) {
    public static PolicySettings from(Environment environment) {
        return new PolicySettings(
                environment.duration("CELADON_CRASH_COOLDOWN", "10m", "before the restart after a second crash"),
                environment.read(
                        "CELADON_CRASH_BACKOFF",
                        "flat",
                        "exponential: the cool-down doubles with each crash, up to a day",
                        PolicySettings::isExponential),
                environment.duration(
                        "CELADON_ROLLBACK_WINDOW",
                        "2m",
                        "a release that crashes so soon after going live is taken back; 0s: never"),
                environment.duration(
                        "CELADON_DYNO_DRAIN", "30s", "requests of an unrouted dyno may take before it stops"),
                environment.duration("CELADON_DYNO_CYCLE", "24h", "after which a dyno is replaced; 0s: never"),
                environment.duration("CELADON_DYNO_CYCLE_JITTER", "216m", "at most so much later, each dyno its own"),
                environment.duration(
                        "CELADON_IDLE_AFTER", "1h", "without a request an app's only web dyno idles; 0s: never"),
                environment.integer(
                        "CELADON_SUSPECT_PROBES",
                        3,
                        1,
                        100,
                        "connections a dyno fails before it counts as unresponsive"),
                environment.duration("CELADON_SUSPECT_PAUSE", "1s", "between those connections"));
    }

    private static boolean isExponential(String value) {
        return switch (value) {
            case "flat" -> false;
            case "exponential" -> true;
            default -> throw new IllegalArgumentException("expected: flat or exponential");
        };
    }
}
