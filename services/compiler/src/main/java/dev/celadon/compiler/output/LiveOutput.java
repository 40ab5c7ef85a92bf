package dev.celadon.compiler.output;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What one running build has printed so far: a file that grows by whole lines, and the watchers to tell of it. Written
 * on one context, watched from any. Past its bound the rest is dropped, and the output says so.
 */
public final class LiveOutput {
    private static final int MAX_BYTES = 16 << 20;
    private static final String CUT = " !     Output is cut here: a build may print 16 MB\n";

    private final Path path;
    private final AsyncFile file;
    private final Context context;
    private final Set<Runnable> watchers = ConcurrentHashMap.newKeySet();
    private volatile long writtenBytes;
    private volatile boolean isEnded;
    private Buffer waiting = Buffer.buffer();
    private Promise<Void> flushed = Promise.promise();
    private long position;
    private long acceptedBytes;
    private boolean isWriting;

    private LiveOutput(Path path, AsyncFile file, Context context) {
        this.path = path;
        this.file = file;
        this.context = context;
    }

    /** Begins an empty output; belongs to the calling context. */
    static Future<LiveOutput> create(Vertx vertx, Path path) {
        Context context = vertx.getOrCreateContext();
        OpenOptions fresh =
                new OpenOptions().setCreate(true).setTruncateExisting(true).setWrite(true);
        return vertx.fileSystem().open(path.toString(), fresh).map(file -> new LiveOutput(path, file, context));
    }

    /** Adds one line; callable from any thread, in order per thread. */
    public void line(String text) {
        context.runOnContext(now -> accept(text + "\n"));
    }

    /** Completes when everything given before is in the file. */
    public Future<Void> flush() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(now -> {
            if (!isWriting) {
                done.complete();
            } else {
                flushed.future().onComplete(done);
            }
        });
        return done.future();
    }

    /** Nothing follows: watchers are told, and the file is closed. */
    public Future<Void> end() {
        return flush().eventually(file::close).onComplete(closed -> {
            isEnded = true;
            tellWatchers();
        });
    }

    Path path() {
        return path;
    }

    long writtenBytes() {
        return writtenBytes;
    }

    boolean isEnded() {
        return isEnded;
    }

    /** Runs after each growth and at the end, on an arbitrary thread. */
    void watch(Runnable watcher) {
        watchers.add(watcher);
    }

    void unwatch(Runnable watcher) {
        watchers.remove(watcher);
    }

    private void accept(String text) {
        if (acceptedBytes >= MAX_BYTES) {
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        acceptedBytes += bytes.length;
        waiting.appendBytes(acceptedBytes < MAX_BYTES ? bytes : CUT.getBytes(StandardCharsets.UTF_8));
        if (!isWriting) {
            writeNext();
        }
    }

    private void writeNext() {
        if (waiting.length() == 0) {
            isWriting = false;
            Promise<Void> done = flushed;
            flushed = Promise.promise();
            done.complete();
            return;
        }
        isWriting = true;
        Buffer batch = waiting;
        waiting = Buffer.buffer();
        file.write(batch, position).onComplete(written -> {
            if (written.succeeded()) {
                position += batch.length();
                writtenBytes = position;
            } else {
                acceptedBytes = MAX_BYTES;
                waiting = Buffer.buffer();
            }
            tellWatchers();
            writeNext();
        });
    }

    private void tellWatchers() {
        watchers.forEach(Runnable::run);
    }
}
