package dev.celadon.api.domain;

import java.time.Duration;
import java.time.Instant;

/** How many requests somebody may still make: refilled evenly, never above its size. */
public final class TokenBucket {
    private final double size;
    private final double perMilli;
    private double level;
    private Instant filledAt;

    /** Full at first; {@code size} requests come back within {@code period}. */
    public TokenBucket(int size, Duration period, Instant now) {
        this.size = size;
        this.perMilli = size / (double) period.toMillis();
        this.level = size;
        this.filledAt = now;
    }

    /** Takes one, if there is one. */
    public boolean take(Instant now) {
        fill(now);
        if (level < 1) {
            return false;
        }
        level -= 1;
        return true;
    }

    public int remaining(Instant now) {
        fill(now);
        return (int) level;
    }

    private void fill(Instant now) {
        long millis = Math.max(0, Duration.between(filledAt, now).toMillis());
        level = Math.min(size, level + millis * perMilli);
        filledAt = now;
    }
}
