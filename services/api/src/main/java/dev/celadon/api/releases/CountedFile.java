package dev.celadon.api.releases;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/** A file that takes so many bytes and fails on the next. */
final class CountedFile implements WriteStream<Buffer> {
    private final AsyncFile file;
    private final long most;
    private final long[] taken;

    /** @param taken where the count is kept */
    CountedFile(AsyncFile file, long most, long[] taken) {
        this.file = file;
        this.most = most;
        this.taken = taken;
    }

    @Override
    public Future<Void> write(Buffer data) {
        taken[0] += data.length();
        return taken[0] > most ? Future.failedFuture("more than " + most + " bytes") : file.write(data);
    }

    @Override
    public Future<Void> end() {
        Future<Void> closed = file.close();
        return taken[0] > most ? closed.compose(done -> Future.failedFuture("more than " + most + " bytes")) : closed;
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
        file.exceptionHandler(handler);
        return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
        file.setWriteQueueMaxSize(maxSize);
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return file.writeQueueFull();
    }

    @Override
    public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
        file.drainHandler(handler);
        return this;
    }
}
