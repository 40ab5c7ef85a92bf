package dev.celadon.logplex.domain;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A queue with a bound: when full the oldest is displaced and counted, and the loss is told before what survived. */
public final class LossyBuffer<T> {
    private final int capacity;
    private final Deque<T> waiting = new ArrayDeque<>();
    private long lost;
    private @Nullable Instant lostSince;

    /** So many were displaced, the first of them then. */
    public record Loss(long count, Instant since) {}

    public LossyBuffer(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: at least 1)");
        }
        this.capacity = capacity;
    }

    /** Whether another had to go for it. */
    public boolean push(T item, Instant now) {
        boolean isFull = waiting.size() == capacity;
        if (isFull) {
            waiting.poll();
            lost++;
            lostSince = lostSince == null ? now : lostSince;
        }
        waiting.add(item);
        return isFull;
    }

    /** What was displaced since this was last asked; to be asked before each {@link #pop}. */
    public Optional<Loss> takeLoss() {
        Instant since = lostSince;
        if (since == null) {
            return Optional.empty();
        }
        Loss told = new Loss(lost, since);
        lost = 0;
        lostSince = null;
        return Optional.of(told);
    }

    public Optional<T> pop() {
        return Optional.ofNullable(waiting.poll());
    }
}
