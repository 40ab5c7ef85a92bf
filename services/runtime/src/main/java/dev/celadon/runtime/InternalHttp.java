package dev.celadon.runtime;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the services of a cluster say to each other over HTTP, and what operators ask of one process: {@code /healthz},
 * {@code /readyz}, {@code /metrics} are open, everything else needs the cluster's token. Bound to the private address.
 */
public final class InternalHttp {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int MOST_STREAMS = 10_000;

    private final Vertx vertx;
    private final String host;
    private final String token;
    private final Router router;
    private final WebClient client;
    private final Map<String, Supplier<Boolean>> readiness = new ConcurrentHashMap<>();
    private @Nullable HttpServer server;

    public InternalHttp(Vertx vertx, String host, String token, PrometheusMeterRegistry meters) {
        this.vertx = vertx;
        this.host = host;
        this.token = token;
        this.client = WebClient.create(
                vertx, new WebClientOptions().setConnectTimeout(CONNECT_MILLIS).setUserAgent("celadon"));
        this.router = Router.router(vertx);
        router.get("/healthz").handler(context -> context.end("ok\n"));
        router.get("/readyz").handler(this::answerReadiness);
        router.get("/metrics")
                .handler(context -> context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                        .end(meters.scrape()));
        router.route().handler(this::authenticate);
    }

    /** Where services hang their own paths, each below its own name: {@code /manifold/routes}. */
    public Router router() {
        return router;
    }

    /** A named condition of {@code /readyz}; asked on each call, so it must answer from memory. */
    public void readyWhen(String name, Supplier<Boolean> condition) {
        readiness.put(name, condition);
    }

    public Future<Void> listen(int port) {
        return vertx.createHttpServer(new HttpServerOptions().setHost(host).setPort(port))
                .requestHandler(router)
                .listen()
                .onSuccess(listening -> server = listening)
                .mapEmpty();
    }

    /** {@code http://host:port}, once it listens. */
    public String url() {
        HttpServer listening = server;
        if (listening == null) {
            throw new IllegalStateException("internal HTTP does not listen yet");
        }
        return "http://" + host + ":" + listening.actualPort();
    }

    /** A call to another process of the cluster, authenticated, with a deadline. */
    public HttpRequest<Buffer> call(HttpMethod method, String url, Duration deadline) {
        return client.requestAbs(method, url)
                .timeout(deadline.toMillis())
                .putHeader(HttpHeaders.AUTHORIZATION.toString(), "Bearer " + token);
    }

    /**
     * For answers that go on for long. Each holds a connection, so that a small pool would make the next one wait. Whoever
     * asks for it closes it.
     */
    public HttpClient streamClient() {
        return vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(CONNECT_MILLIS),
                new PoolOptions().setHttp1MaxSize(MOST_STREAMS));
    }

    /** The header every internal call carries, for clients that stream. */
    public String authorization() {
        return "Bearer " + token;
    }

    public Future<Void> close() {
        client.close();
        HttpServer listening = server;
        return listening == null ? Future.succeededFuture() : listening.shutdown(1, TimeUnit.SECONDS);
    }

    private void authenticate(RoutingContext context) {
        String given = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (given != null && SecretKeys.equal(given, authorization())) {
            context.next();
        } else {
            context.response().setStatusCode(401).end("the cluster's token is needed\n");
        }
    }

    private void answerReadiness(RoutingContext context) {
        StringBuilder missing = new StringBuilder();
        readiness.forEach((name, condition) -> {
            if (!condition.get()) {
                missing.append("not ready: ").append(name).append('\n');
            }
        });
        context.response().setStatusCode(missing.isEmpty() ? 200 : 503);
        context.end(missing.isEmpty() ? "ready\n" : missing.toString());
    }
}
