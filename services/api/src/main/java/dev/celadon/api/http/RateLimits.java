package dev.celadon.api.http;

import dev.celadon.api.domain.TokenBucket;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many requests each may make of this process within an hour. Kept in memory: a platform of several processes
 * allows the limit on each, and a restart forgets. Used on one event loop.
 */
public final class RateLimits {
    private static final int MOST_KEPT = 10_000;

    private final int size;
    private final Duration period;
    private final Clock clock;
    private final Map<Object, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, TokenBucket> eldest) {
            return size() > MOST_KEPT;
        }
    };

    public RateLimits(int size, Duration period, Clock clock) {
        this.size = size;
        this.period = period;
        this.clock = clock;
    }

    public boolean take(Object who) {
        return bucket(who).take(clock.instant());
    }

    public int remaining(Object who) {
        return bucket(who).remaining(clock.instant());
    }

    private TokenBucket bucket(Object who) {
        return buckets.computeIfAbsent(who, first -> new TokenBucket(size, period, clock.instant()));
    }
}
