package dev.celadon.compiler.output;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerResponse;

/**
 * One watcher of a running build: sends the output from its beginning and stays until it ends. Reads no faster than the
 * watcher takes; lives on the response's context.
 */
final class OutputReader {
    private static final int CHUNK_BYTES = 32 * 1024;

    private final LiveOutput output;
    private final HttpServerResponse response;
    private final AsyncFile file;
    private final Context context;
    private final Promise<Void> done = Promise.promise();
    private final Runnable wake = this::wake;
    private long sentBytes;
    private boolean isBusy;

    private OutputReader(LiveOutput output, HttpServerResponse response, AsyncFile file, Context context) {
        this.output = output;
        this.response = response;
        this.file = file;
        this.context = context;
    }

    /** Completes when the output has ended and was sent, fails when the watcher went away. */
    static Future<Void> send(Vertx vertx, LiveOutput output, HttpServerResponse response) {
        Context context = vertx.getOrCreateContext();
        return vertx.fileSystem()
                .open(
                        output.path().toString(),
                        new OpenOptions().setRead(true).setWrite(false).setCreate(false))
                .compose(file -> new OutputReader(output, response, file, context).run());
    }

    private Future<Void> run() {
        response.closeHandler(gone -> done.tryFail("the watcher went away"));
        response.exceptionHandler(done::tryFail);
        response.drainHandler(ready -> pump());
        output.watch(wake);
        pump();
        return done.future()
                .onComplete(over -> output.unwatch(wake))
                .eventually(file::close)
                .compose(sent -> response.end());
    }

    private void wake() {
        context.runOnContext(now -> pump());
    }

    private void pump() {
        if (isBusy || done.future().isComplete() || response.writeQueueFull()) {
            return;
        }
        // Asked before the length: what was written before the end is then seen.
        boolean isEnded = output.isEnded();
        int length = (int) Math.min(CHUNK_BYTES, output.writtenBytes() - sentBytes);
        if (length == 0) {
            if (isEnded) {
                done.tryComplete();
            }
            return;
        }
        isBusy = true;
        file.read(Buffer.buffer(length), 0, sentBytes, length)
                .compose(chunk -> {
                    sentBytes += chunk.length();
                    return Future.succeededFuture(response.write(chunk));
                })
                .onFailure(done::tryFail)
                .onComplete(written -> {
                    isBusy = false;
                    pump();
                });
    }
}
