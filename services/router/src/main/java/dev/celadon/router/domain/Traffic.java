package dev.celadon.router.domain;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of an app, or of one of its dynos, amount to on this router. Written by all event loops, read by the
 * metrics. The counters of an app that nobody asks for do not exist: most of a large table is idle.
 */
public final class Traffic {
    /** Upper bounds of the latency histogram; one bucket more is for all beyond. */
    private static final int[] BOUNDS_MILLIS = {5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000};

    private static final int BYTES = 0;
    private static final int MILLIS = 1;
    private static final int STATUS_CLASSES = 2;
    private static final int BUCKETS = STATUS_CLASSES + 5;
    private static final int COUNTERS = BUCKETS + BOUNDS_MILLIS.length + 1;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile @Nullable AtomicLongArray counters;
    private final Runnable whenSeen;
    private volatile boolean isSeen;

    /** @param whenSeen runs at the first request after each {@link #takeSeen} */
    Traffic(Runnable whenSeen) {
        this.whenSeen = whenSeen;
    }

    public static List<Integer> boundsMillis() {
        return Arrays.stream(BOUNDS_MILLIS).boxed().toList();
    }

    public int inFlight() {
        return inFlight.get();
    }

    public void enter() {
        inFlight.incrementAndGet();
        if (!isSeen) {
            isSeen = true;
            whenSeen.run();
        }
    }

    /** Begins to look out for a request anew; one that is in flight is one. */
    void takeSeen() {
        isSeen = false;
        if (inFlight() > 0) {
            isSeen = true;
            whenSeen.run();
        }
    }

    public void leave() {
        inFlight.decrementAndGet();
    }

    /** @return false when as many wait as may */
    public boolean queue(int most) {
        if (waiting.incrementAndGet() > most) {
            waiting.decrementAndGet();
            return false;
        }
        return true;
    }

    public void unqueue() {
        waiting.decrementAndGet();
    }

    /** @param serviceMillis negative when no dyno was reached */
    public void count(int status, long sentBytes, long serviceMillis) {
        AtomicLongArray own = counters;
        if (own == null) {
            own = create();
        }
        own.getAndIncrement(STATUS_CLASSES + Math.min(4, Math.max(0, status / 100 - 1)));
        own.getAndAdd(BYTES, sentBytes);
        if (serviceMillis >= 0) {
            own.getAndAdd(MILLIS, serviceMillis);
            int bucket = 0;
            while (bucket < BOUNDS_MILLIS.length && serviceMillis > BOUNDS_MILLIS[bucket]) {
                bucket++;
            }
            own.getAndIncrement(BUCKETS + bucket);
        }
    }

    private synchronized AtomicLongArray create() {
        AtomicLongArray own = counters;
        if (own == null) {
            own = new AtomicLongArray(COUNTERS);
            counters = own;
        }
        return own;
    }

    public boolean isUsed() {
        return counters != null;
    }

    /** @param hundreds 1 to 5 */
    public long answered(int hundreds) {
        return get(STATUS_CLASSES + hundreds - 1);
    }

    public long bytes() {
        return get(BYTES);
    }

    public long millis() {
        return get(MILLIS);
    }

    /** Requests no slower than the bound of this number; past the last bound all of them. */
    public long atMost(int bound) {
        long sum = 0;
        for (int i = 0; i <= bound; i++) {
            sum += get(BUCKETS + i);
        }
        return sum;
    }

    private long get(int counter) {
        AtomicLongArray own = counters;
        return own == null ? 0 : own.get(counter);
    }
}
