package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.BuildRejected;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Step one: the pushed tree, streamed from the git-receiver into a file on the build's disk. */
final class SourceFetch {
    private static final int IDLE_SECONDS = 60;

    private final Vertx vertx;
    private final String authorization;
    private final long limitBytes;
    private final HttpClient client;

    SourceFetch(Platform platform, long limitBytes) {
        this.vertx = platform.vertx();
        this.authorization = platform.internal().authorization();
        this.limitBytes = limitBytes;
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout(5_000)
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS));
    }

    /** Fails when the source is missing, too large, or ends before its time. */
    Future<Void> fetch(String url, Path target, Stop stop) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url)
                .addHeader(HttpHeaders.AUTHORIZATION, authorization);
        return client.request(options).compose(request -> request.send()).compose(response -> {
            response.pause();
            return response.statusCode() == 200
                    ? save(response, target, stop)
                    : refuse(response, new BuildRejected("source is missing"));
        });
    }

    Future<Void> close() {
        return client.close();
    }

    private Future<Void> save(HttpClientResponse response, Path target, Stop stop) {
        OpenOptions fresh =
                new OpenOptions().setCreate(true).setTruncateExisting(true).setWrite(true);
        return vertx.fileSystem()
                .open(target.toString(), fresh)
                .compose(file -> copy(response, file, stop).eventually(file::close))
                .recover(cause -> refuse(response, cause));
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
                done.tryFail(new BuildRejected("source is too large (limit: " + (limitBytes >> 20) + "MB)"));
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

    private static Future<Void> refuse(HttpClientResponse response, Throwable cause) {
        // Told of its own reset otherwise.
        response.exceptionHandler(reset -> {});
        response.request().reset();
        return Future.failedFuture(cause);
    }
}
