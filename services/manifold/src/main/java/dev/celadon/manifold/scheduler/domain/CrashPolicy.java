package dev.celadon.manifold.scheduler.domain;

import java.time.Duration;
import java.time.Instant;

/** Restart at once after the first crash; after each further one only when the cool-down is over (SPEC S69, S70). */
public record CrashPolicy(Duration cooldown) {
    /** The crashes of one dyno name under one release; a restart by hand or a new release begins again at none. */
    public record Crashes(int count, Instant lastAt) {}

    /** A run longer than the cool-down forgives what was before it. */
    public Crashes after(Crashes before, Instant upSince, Instant crashedAt) {
        boolean isForgiven = Duration.between(upSince, crashedAt).compareTo(cooldown) > 0;
        return new Crashes(isForgiven ? 1 : before.count() + 1, crashedAt);
    }

    public boolean mayStart(Crashes crashes, Instant now) {
        return crashes.count() <= 1 || !now.isBefore(crashes.lastAt().plus(cooldown));
    }
}
