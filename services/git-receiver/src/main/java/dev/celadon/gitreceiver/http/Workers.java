package dev.celadon.gitreceiver.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that run JGit: one pool for pushes, which wait long, and one for all that only reads. A push waits for a
 * compiler that fetches its source, so the two never share.
 */
public final class Workers {
    private static final int READERS = 8;
    private static final int READS_WAITING = 64;
    private static final long STOP_SECONDS = 5;

    private final ThreadPoolExecutor pushes;
    private final ThreadPoolExecutor reads;

    public Workers(int pushesAtOnce) {
        this.pushes = new ThreadPoolExecutor(
                pushesAtOnce, pushesAtOnce, 1, TimeUnit.MINUTES, new SynchronousQueue<>(), named("git-push-"));
        this.reads = new ThreadPoolExecutor(
                READERS, READERS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(READS_WAITING), named("git-read-"));
        reads.allowCoreThreadTimeOut(true);
        pushes.allowCoreThreadTimeOut(true);
    }

    /** @throws java.util.concurrent.RejectedExecutionException when all are busy */
    public void push(Runnable work) {
        pushes.execute(work);
    }

    /** @throws java.util.concurrent.RejectedExecutionException when too many wait */
    public void read(Runnable work) {
        reads.execute(work);
    }

    /** Whether a push that is about to come would find a thread. */
    boolean hasRoomForPush() {
        return pushes.getActiveCount() < pushes.getMaximumPoolSize();
    }

    public int pushing() {
        return pushes.getActiveCount();
    }

    /** Lets what still runs see that its client is gone and clean up, for a few seconds; then interrupts it. Blocks. */
    public void close() throws InterruptedException {
        pushes.shutdown();
        reads.shutdown();
        if (!pushes.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            pushes.shutdownNow();
        }
        reads.shutdownNow();
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
