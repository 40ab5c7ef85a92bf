package dev.celadon.logplex.domain;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A queue with a bound: when full the oldest is displaced and counted, and the loss is told before what survived. */
public final class LossyBuffer<T> {
    private final int capacity;
    private final Deque<T> waiting = new ArrayDeque<>();
    private long lost;

    public LossyBuffer(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: at least 1)");
        }
        this.capacity = capacity;
    }

    public void push(T item) {
        if (waiting.size() == capacity) {
            waiting.poll();
            lost++;
        }
        waiting.add(item);
    }

    /** How many were displaced since this was last asked. */
    public long takeLoss() {
        long told = lost;
        lost = 0;
        return told;
    }

    public Optional<T> pop() {
        return Optional.ofNullable(waiting.poll());
    }

    public boolean isEmpty() {
        return waiting.isEmpty() && lost == 0;
    }
}
