package dev.celadon.gitreceiver.http;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** An event loop's stream, read by a blocking thread: bounded, and the sender is paused while the reader is behind. */
public final class ByteInlet extends InputStream {
    private static final int MOST_QUEUED = 256 * 1024;

    private final Context context;
    private final ReadStream<Buffer> source;
    private final Duration patience;
    private final Runnable whenClosed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
    private int queued;
    private boolean isPaused;
    private boolean isEnded;
    private boolean isDiscarding;
    private @Nullable String failure;
    private byte[] current = new byte[0];
    private int position;

    private ByteInlet(Context context, ReadStream<Buffer> source, Duration patience, Runnable whenClosed) {
        this.context = context;
        this.source = source;
        this.patience = patience;
        this.whenClosed = whenClosed;
    }

    /**
     * Begins to read; called on the stream's own context, before any of it has passed.
     *
     * @param patience a sender silent for longer fails the reader
     * @param whenClosed run once on the context when the reader wants no more
     */
    public static ByteInlet from(Context context, ReadStream<Buffer> source, Duration patience, Runnable whenClosed) {
        ByteInlet inlet = new ByteInlet(context, source, patience, whenClosed);
        source.exceptionHandler(cause -> inlet.abort("the connection broke: " + cause.getMessage()));
        source.endHandler(end -> inlet.ended());
        source.handler(inlet::arrived);
        source.resume();
        return inlet;
    }

    /** Fails the reader, also one that waits. */
    public void abort(String reason) {
        lock.lock();
        try {
            if (!isEnded && failure == null) {
                failure = reason;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        return fill() ? current[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int taken = Math.min(length, current.length - position);
        System.arraycopy(current, position, target, offset, taken);
        position += taken;
        return taken;
    }

    @Override
    public int available() {
        return current.length - position;
    }

    /** Lets the sender finish, and throws away what still comes. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (isDiscarding) {
                return;
            }
            isDiscarding = true;
            chunks.clear();
            queued = 0;
        } finally {
            lock.unlock();
        }
        context.runOnContext(closing -> {
            source.resume();
            whenClosed.run();
        });
    }

    private boolean fill() throws IOException {
        if (position < current.length) {
            return true;
        }
        lock.lock();
        try {
            long left = patience.toNanos();
            while (chunks.isEmpty() && !isEnded && failure == null) {
                if (left <= 0) {
                    throw new IOException("nothing came for " + patience.toSeconds() + "s");
                }
                left = changed.awaitNanos(left);
            }
            byte[] next = chunks.poll();
            if (next == null) {
                if (failure != null) {
                    throw new IOException(failure);
                }
                return false;
            }
            current = next;
            position = 0;
            queued -= next.length;
            if (isPaused && queued < MOST_QUEUED / 2) {
                isPaused = false;
                context.runOnContext(resuming -> source.resume());
            }
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        } finally {
            lock.unlock();
        }
    }

    private void arrived(Buffer chunk) {
        lock.lock();
        try {
            if (isDiscarding || chunk.length() == 0) {
                return;
            }
            chunks.add(chunk.getBytes());
            queued += chunk.length();
            if (queued > MOST_QUEUED && !isPaused) {
                isPaused = true;
                source.pause();
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            isEnded = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
