package dev.celadon.router;

import dev.celadon.contract.Route;
import dev.celadon.router.domain.Choice;
import dev.celadon.runtime.LocalCa;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One event loop of the router: its own servers, its own connections to dynos, so a request never changes threads. */
final class RouterVerticle extends VerticleBase {
    private static final int CONNECTIONS_PER_DYNO = 10_000;
    private static final int KEEP_ALIVE_SECONDS = 60;

    private final Platform platform;
    private final RouterSettings settings;
    private final Routes routes;
    private final Activity activity;
    private final LocalCa.Leaf leaf;
    private final List<HttpServer> servers = new ArrayList<>();
    private Exchange.@Nullable Loop loop;

    RouterVerticle(Platform platform, RouterSettings settings, Routes routes, Activity activity, LocalCa.Leaf leaf) {
        this.activity = activity;
        this.platform = platform;
        this.settings = settings;
        this.routes = routes;
        this.leaf = leaf;
    }

    @Override
    public Future<?> start() {
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout((int) settings.connect().toMillis())
                .setIdleTimeout((int) settings.idle().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setMaxHeaderSize(512 * 1024)
                .setMaxInitialLineLength(8_192)
                .setDecompressionSupported(false);
        Choice choice = new Choice(new SecureRandom(), settings.quarantine().toNanos(), activity);
        loop = new Exchange.Loop(
                vertx,
                platform,
                settings,
                routes,
                activity,
                choice,
                vertx.createHttpClient(
                        options,
                        new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_DYNO).setMaxWaitQueueSize(0)));
        platform.meters().gauge("router.requests.in_flight", choice, Choice::requestsInFlight);
        PemKeyCertOptions certificate = new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(leaf.certificatePem()))
                .addKeyValue(Buffer.buffer(leaf.keyPem()));
        return listen(server().setPort(settings.port()))
                .compose(plain ->
                        listen(server().setPort(settings.tlsPort()).setSsl(true).setKeyCertOptions(certificate)));
    }

    @Override
    public Future<?> stop() {
        return Future.join(servers.stream()
                .map(server -> server.shutdown(settings.drain().toMillis(), TimeUnit.MILLISECONDS))
                .toList());
    }

    private HttpServerOptions server() {
        return new HttpServerOptions()
                .setHost(settings.bind())
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setMaxInitialLineLength(8_192)
                .setIdleTimeout((int) settings.boot().plus(settings.firstByte()).toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setHandle100ContinueAutomatically(true);
    }

    private Future<HttpServer> listen(HttpServerOptions options) {
        return vertx.createHttpServer(options)
                .requestHandler(this::route)
                .invalidRequestHandler(request -> request.response()
                        .setStatusCode(400)
                        .putHeader("Connection", "close")
                        .end("The request is malformed or its headers are too large.\n")
                        .onComplete(sent -> request.connection().close()))
                .listen()
                .onSuccess(servers::add);
    }

    private void route(HttpServerRequest inbound) {
        inbound.pause();
        String host = inbound.getHeader("Host");
        if (host == null || host.isEmpty()) {
            inbound.response().setStatusCode(400).end("A Host header is needed.\n");
            return;
        }
        if (inbound.method().name().equals("CONNECT")) {
            inbound.response().setStatusCode(405).end("CONNECT is not possible here.\n");
            return;
        }
        Optional<Route> route = routes.table().find(host);
        Exchange.Loop own = loop;
        if (route.isEmpty() || own == null) {
            platform.meters()
                    .counter("router.requests", "code", "no-such-app", "class", "4xx")
                    .increment();
            inbound.response()
                    .setStatusCode(404)
                    .putHeader("Content-Type", "text/html; charset=utf-8")
                    .end(ErrorPage.NO_SUCH_APP);
            inbound.resume();
            return;
        }
        new Exchange(own, inbound, route.get()).run();
    }
}
