package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.BuildRejected;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClientResponse;
import java.nio.file.Path;

/** Streams the body of a paused response into a file, up to a limit. */
final class ResponseFile {
    private final Vertx vertx;
    private final long limitBytes;

    ResponseFile(Vertx vertx, long limitBytes) {
        this.vertx = vertx;
        this.limitBytes = limitBytes;
    }

    /** Fails when the body is too large or ends before its time; the request is then reset. */
    Future<Void> save(HttpClientResponse response, Path target, Stop stop) {
        OpenOptions fresh =
                new OpenOptions().setCreate(true).setTruncateExisting(true).setWrite(true);
        return vertx.fileSystem()
                .open(target.toString(), fresh)
                .compose(file -> copy(response, file, stop).eventually(file::close))
                .recover(cause -> refuse(response, cause));
    }

    /** Wants no more of the response. */
    static <T> Future<T> refuse(HttpClientResponse response, Throwable cause) {
        // Told of its own reset otherwise.
        response.exceptionHandler(reset -> {});
        response.request().reset();
        return Future.failedFuture(cause);
    }

    private Future<Void> copy(HttpClientResponse response, AsyncFile file, Stop stop) {
        Promise<Void> done = Promise.promise();
        long[] received = new long[1];
        stop.asked().onSuccess(done::tryFail);
        file.exceptionHandler(done::tryFail);
        file.drainHandler(ready -> response.resume());
        response.exceptionHandler(done::tryFail);
        response.endHandler(end -> done.tryComplete());
        response.handler(chunk -> {
            if (done.future().isComplete()) {
                return;
            }
            received[0] += chunk.length();
            if (received[0] > limitBytes) {
                done.tryFail(tooLarge(limitBytes));
                return;
            }
            file.write(chunk).onFailure(done::tryFail);
            if (file.writeQueueFull()) {
                response.pause();
            }
        });
        response.resume();
        return done.future();
    }

    static BuildRejected tooLarge(long limitBytes) {
        return new BuildRejected("source is too large (limit: " + (limitBytes >> 20) + "MB)");
    }
}
