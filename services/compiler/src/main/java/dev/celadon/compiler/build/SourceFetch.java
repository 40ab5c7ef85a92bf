package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.Build;
import dev.celadon.compiler.domain.BuildRejected;
import dev.celadon.runtime.Networks;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Step one: the source, streamed into a file on the build's disk: a pushed tree from the git-receiver, or an archive. */
final class SourceFetch {
    private static final int IDLE_SECONDS = 60;

    private final String authorization;
    private final HttpClient client;
    private final ResponseFile file;
    private final ArchiveFetch archives;

    /** @param blocked networks from which no archive is fetched */
    SourceFetch(Platform platform, long limitBytes, Networks blocked) {
        Vertx vertx = platform.vertx();
        this.authorization = platform.internal().authorization();
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout(5_000)
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS));
        this.file = new ResponseFile(vertx, limitBytes);
        this.archives = new ArchiveFetch(vertx, client, file, blocked);
    }

    /** Fails when the source is missing, too large, or ends before its time. */
    Future<Void> fetch(Build.Source source, Path target, Stop stop) {
        return source.isArchive() ? archives.fetch(source, target, stop) : fetchPush(source.url(), target, stop);
    }

    Future<Void> close() {
        return client.close();
    }

    private Future<Void> fetchPush(String url, Path target, Stop stop) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url)
                .addHeader(HttpHeaders.AUTHORIZATION, authorization);
        return client.request(options).compose(request -> request.send()).compose(response -> {
            response.pause();
            return response.statusCode() == 200
                    ? file.save(response, target, stop)
                    : ResponseFile.refuse(response, new BuildRejected("source is missing"));
        });
    }
}
