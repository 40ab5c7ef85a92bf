package dev.celadon.logplex.domain;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A queue with a bound: when full the oldest is displaced and counted, and the loss is told before what survived. */
public final class LossyBuffer<T> {
    private final Deque<T> waiting = new ArrayDeque<>();
    private int capacity;
    private @Nullable Loss lost;

    /** So many were displaced, the first of them then. */
    public record Loss(long count, Instant since) {
        static Loss sum(@Nullable Loss one, Loss other) {
            return one == null
                    ? other
                    : new Loss(one.count + other.count, one.since.isBefore(other.since) ? one.since : other.since);
        }
    }

    public LossyBuffer(int capacity) {
        this.capacity = checked(capacity);
    }

    /** Whether another had to go for it. */
    public boolean push(T item, Instant now) {
        waiting.add(item);
        return displace(now) > 0;
    }

    /** How many had to go as it became smaller. */
    public long resize(int newCapacity, Instant now) {
        capacity = checked(newCapacity);
        return displace(now);
    }

    /** Counts what was lost elsewhere before all that waits here. */
    public void lose(Loss loss) {
        lost = Loss.sum(lost, loss);
    }

    /** What was displaced since this was last asked; to be asked before each {@link #pop}. */
    public Optional<Loss> takeLoss() {
        Optional<Loss> told = Optional.ofNullable(lost);
        lost = null;
        return told;
    }

    public Optional<T> peek() {
        return Optional.ofNullable(waiting.peek());
    }

    public Optional<T> pop() {
        return Optional.ofNullable(waiting.poll());
    }

    /** Whether nothing waits, nor any word of a loss. */
    public boolean isEmpty() {
        return waiting.isEmpty() && lost == null;
    }

    private long displace(Instant now) {
        long displaced = 0;
        while (waiting.size() > capacity) {
            waiting.poll();
            displaced++;
        }
        if (displaced > 0) {
            lose(new Loss(displaced, now));
        }
        return displaced;
    }

    private static int checked(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: at least 1)");
        }
        return capacity;
    }
}
