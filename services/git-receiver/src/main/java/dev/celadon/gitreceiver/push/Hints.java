package dev.celadon.gitreceiver.push;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets waiting pushes look at the store at once when an event says that something changed, and regularly anyway. */
public final class Hints {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Duration look;
    private long count;

    public Hints(Duration look) {
        this.look = look;
    }

    public void wakeAll() {
        lock.lock();
        try {
            count++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Until the next look is due; a hint that came just before is made up for by it. */
    void await() throws IOException {
        lock.lock();
        try {
            long before = count;
            long left = look.toNanos();
            while (left > 0 && count == before) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IOException("git-receiver is stopping", stopping);
        } finally {
            lock.unlock();
        }
    }
}
