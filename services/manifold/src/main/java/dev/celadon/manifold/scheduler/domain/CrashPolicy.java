package dev.celadon.manifold.scheduler.domain;

import java.time.Duration;
import java.time.Instant;

/**
 * Restart at once after the first crash; after each further one only when the cool-down is over (SPEC S69, S70). The
 * cool-down stays the same, or doubles with each crash up to a day.
 */
public record CrashPolicy(Duration cooldown, boolean isExponential) {
    private static final Duration LONGEST = Duration.ofDays(1);

    /** The crashes of one dyno name under one release; a restart by hand or a new release begins again at none. */
    public record Crashes(int count, Instant lastAt) {
        public static final Crashes NONE = new Crashes(0, Instant.EPOCH);
    }

    /** A run longer than the first cool-down forgives what was before it. */
    public Crashes after(Crashes before, Instant startedAt, Instant crashedAt) {
        boolean isForgiven = Duration.between(startedAt, crashedAt).compareTo(cooldown) > 0;
        return new Crashes(isForgiven ? 1 : before.count() + 1, crashedAt);
    }

    public boolean mayStart(Crashes crashes, Instant now) {
        return !now.isBefore(nextStart(crashes));
    }

    /** When the next start may be: the moment of the crash itself after the first. */
    public Instant nextStart(Crashes crashes) {
        return crashes.count() <= 1 ? crashes.lastAt() : crashes.lastAt().plus(pause(crashes.count()));
    }

    private Duration pause(int count) {
        if (!isExponential) {
            return cooldown;
        }
        Duration pause = cooldown;
        for (int doubled = 2; doubled < count && pause.compareTo(LONGEST) < 0; doubled++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(LONGEST) > 0 && cooldown.compareTo(LONGEST) < 0 ? LONGEST : pause;
    }
}
