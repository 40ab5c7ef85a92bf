package dev.celadon.gitreceiver.push;

import dev.celadon.gitreceiver.http.ByteInlet;
import dev.celadon.runtime.InternalHttp;
import dev.celadon.runtime.Members;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The compilers of the cluster, asked over internal HTTP. */
public final class Compilers {
    private static final Logger log = LoggerFactory.getLogger(Compilers.class);
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final HttpClient client;
    private final InternalHttp internal;
    private final Members members;

    public Compilers(InternalHttp internal, Members members) {
        this.client = internal.streamClient();
        this.internal = internal;
        this.members = members;
    }

    /** The build's output from its beginning; ends when the build does. */
    Future<ByteInlet> output(String url, Duration patience) {
        RequestOptions get = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url)
                .setConnectTimeout(CONNECT.toMillis())
                .putHeader(HttpHeaders.AUTHORIZATION, internal.authorization());
        return client.request(get).compose(HttpClientRequest::send).compose(response -> inlet(response, patience));
    }

    /** Tells whichever compiler has the build that nobody waits for it. */
    void cancel(UUID pushId) {
        members.serving("compiler")
                .forEach(member -> internal.call(
                                HttpMethod.DELETE, member.url() + "/compiler/builds/" + pushId, CONNECT)
                        .send()
                        .onSuccess(answer -> log.atInfo()
                                .addKeyValue("push", pushId)
                                .addKeyValue("status", answer.statusCode())
                                .log("build-cancel-asked"))
                        .onFailure(cause -> log.atWarn()
                                .addKeyValue("push", pushId)
                                .addKeyValue("reason", cause.getMessage())
                                .log("build-cancel-unanswered")));
    }

    public Future<Void> close() {
        return client.close();
    }

    private static Future<ByteInlet> inlet(HttpClientResponse response, Duration patience) {
        Context context = Vertx.currentContext();
        if (response.statusCode() != 200 || context == null) {
            response.request().reset();
            return Future.failedFuture("build output answered " + response.statusCode());
        }
        return Future.succeededFuture(ByteInlet.from(
                context, response, patience, () -> response.request().reset()));
    }
}
