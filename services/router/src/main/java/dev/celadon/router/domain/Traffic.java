package dev.celadon.router.domain;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What an app's requests amount to on this router. Written by all event loops, read by the metrics. */
public final class Traffic {
    /** Upper bounds of the latency histogram, milliseconds; one bucket more is for all beyond. */
    private static final int[] BOUNDS_MILLIS = {5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000};

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean isSeen;
    private final LongAdder bytes = new LongAdder();
    private final LongAdder millis = new LongAdder();
    private final LongAdder[] statusClasses = adders(5);
    private final LongAdder[] buckets = adders(BOUNDS_MILLIS.length + 1);

    private static LongAdder[] adders(int count) {
        LongAdder[] adders = new LongAdder[count];
        for (int i = 0; i < count; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }

    public static List<Integer> boundsMillis() {
        return Arrays.stream(BOUNDS_MILLIS).boxed().toList();
    }

    public int inFlight() {
        return inFlight.get();
    }

    public int waiting() {
        return waiting.get();
    }

    public void enter() {
        inFlight.incrementAndGet();
        if (!isSeen) {
            isSeen = true;
        }
    }

    /** Whether there was a request since the last call, or is one. */
    public boolean takeSeen() {
        boolean wasSeen = isSeen || inFlight() > 0;
        isSeen = false;
        return wasSeen;
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

    public void count(int status, long sentBytes, long serviceMillis) {
        statusClasses[Math.min(4, Math.max(0, status / 100 - 1))].increment();
        bytes.add(sentBytes);
        if (serviceMillis >= 0) {
            millis.add(serviceMillis);
            int bucket = 0;
            while (bucket < BOUNDS_MILLIS.length && serviceMillis > BOUNDS_MILLIS[bucket]) {
                bucket++;
            }
            buckets[bucket].increment();
        }
    }

    /** @param hundreds 1 to 5 */
    public long answered(int hundreds) {
        return statusClasses[hundreds - 1].sum();
    }

    public long bytes() {
        return bytes.sum();
    }

    public long millis() {
        return millis.sum();
    }

    /** Requests no slower than each bound, and all of them at the end. */
    public long atMost(int bound) {
        long sum = 0;
        for (int i = 0; i <= bound; i++) {
            sum += buckets[i].sum();
        }
        return sum;
    }
}
