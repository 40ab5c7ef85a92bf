package dev.celadon.logplex.drains;

import dev.celadon.logplex.domain.DrainQueue.Frame;
import dev.celadon.logplex.domain.DrainTarget;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A drain that is posted to: {@code application/logplex-1}. The same frame carries the same id, so it can be told. */
final class HttpDestination implements Destination {
    private static final String USER_AGENT = "Logplex/v1";
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;

    private final DrainTarget target;
    private final String token;
    private final DrainAddresses addresses;
    private final HttpClient client;
    private final Duration limit;

    HttpDestination(DrainTarget target, String token, DrainAddresses addresses, HttpClient client, Duration limit) {
        this.target = target;
        this.token = token;
        this.addresses = addresses;
        this.client = client;
        this.limit = limit;
    }

    @Override
    public Future<Void> send(Frame frame) {
        return addresses
                .resolve(target)
                .compose(address -> client.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setServer(address)
                        .setHost(target.host())
                        .setPort(target.port())
                        .setSsl(target.isSecure())
                        .setURI(target.uri())))
                .compose(request -> post(request, frame))
                .compose(HttpDestination::judge);
    }

    private Future<Integer> post(HttpClientRequest request, Frame frame) {
        request.putHeader(HttpHeaders.CONTENT_TYPE, "application/logplex-1")
                .putHeader(HttpHeaders.USER_AGENT, USER_AGENT)
                .putHeader("Logplex-Msg-Count", Integer.toString(frame.messages()))
                .putHeader("Logplex-Frame-Id", frame.id())
                .putHeader("Logplex-Drain-Token", token);
        target.authorization().ifPresent(basic -> request.putHeader(HttpHeaders.AUTHORIZATION, basic));
        return request.send(Drain.buffer(frame))
                .compose(HttpDestination::ended)
                .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(late -> request.reset());
    }

    /** The whole answer is read, so that its connection serves the next. */
    private static Future<Integer> ended(HttpClientResponse response) {
        return response.end().map(end -> response.statusCode());
    }

    private static Future<Void> judge(int status) {
        if (status / 100 == 2) {
            return Future.succeededFuture();
        }
        return status / 100 == 5 || status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS
                ? Future.failedFuture("answered " + status)
                : Future.failedFuture(new Refused(status));
    }

    /** Its connections are the client's, shared by all. */
    @Override
    public void close() {}
}
