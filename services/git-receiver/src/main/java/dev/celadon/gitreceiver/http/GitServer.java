package dev.celadon.gitreceiver.http;

import dev.celadon.gitreceiver.access.Admission;
import dev.celadon.gitreceiver.access.Refusal;
import dev.celadon.gitreceiver.domain.App;
import dev.celadon.gitreceiver.domain.AppPath;
import dev.celadon.gitreceiver.domain.Pusher;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Git's HTTPS port: who asks, for which app, and may he; the rest is a worker's. */
public final class GitServer extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(GitServer.class);

    private static final String TOO_MANY_PUSHES = "Too many pushes at once, try again.";

    private final HttpServerOptions options;
    private final Admission admission;
    private final Workers workers;
    private final GitExchanges exchanges;
    private volatile @Nullable HttpServer server;

    public GitServer(HttpServerOptions options, Admission admission, Workers workers, GitExchanges exchanges) {
        this.options = options;
        this.admission = admission;
        this.workers = workers;
        this.exchanges = exchanges;
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer(options)
                .requestHandler(this::handle)
                .invalidRequestHandler(GitServer::refuse)
                .listen()
                .onSuccess(listening -> server = listening);
    }

    @Override
    public Future<?> stop() {
        HttpServer listening = server;
        server = null;
        return listening == null ? Future.succeededFuture() : listening.shutdown(2, TimeUnit.SECONDS);
    }

    /** What HTTP's own rules forbid never reaches the other handler. */
    private static void refuse(HttpServerRequest request) {
        boolean isTooLarge = request.decoderResult().cause() instanceof TooLongHttpHeaderException
                || request.decoderResult().cause() instanceof TooLongHttpLineException;
        request.response()
                .setStatusCode(isTooLarge ? 431 : 400)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .putHeader("Connection", "close")
                .end(isTooLarge ? "The request's headers are too large.\n" : "The request is malformed.\n");
    }

    public boolean isListening() {
        return server != null;
    }

    /** The port it really listens on; 0 while it does not. */
    public int port() {
        HttpServer listening = server;
        return listening == null ? 0 : listening.actualPort();
    }

    private void handle(HttpServerRequest request) {
        request.pause(); // before the first asynchronous step, or chunks of the pack are lost
        Optional<AppPath> path = AppPath.parse(request.method().name(), request.path());
        if (path.isEmpty()) {
            answer(request, new Refusal(404, "Nothing here. Push to https://HOST/APP.git."));
            return;
        }
        authenticate(request)
                .compose(pusher ->
                        findApp(request, path.get(), pusher).onSuccess(app -> hand(request, path.get(), pusher, app)))
                .onFailure(cause -> answer(request, Admission.refusalFor(cause)));
    }

    private Future<Pusher> authenticate(HttpServerRequest request) {
        return admission.byToken(Credentials.token(request.getHeader(HttpHeaders.AUTHORIZATION)));
    }

    /**
     * A fetch counts when it asks for the refs, a push when its pack comes; it is told of a spent hour before, because
     * git shows the text of an error only there.
     */
    private Future<App> findApp(HttpServerRequest request, AppPath path, Pusher pusher) {
        Future<App> found = admission.toApp(path.appName(), pusher);
        boolean isForPush = AppPath.Resource.RECEIVE_PACK.service().equals(request.getParam("service"));
        return switch (path.resource()) {
            case REFS -> found.compose(isForPush ? admission::countable : admission::counted);
            case RECEIVE_PACK -> found.compose(admission::counted);
            case UPLOAD_PACK -> found;
        };
    }

    private void hand(HttpServerRequest request, AppPath path, Pusher pusher, App app) {
        String service = request.getParam("service");
        if (path.resource() == AppPath.Resource.REFS && !GitExchanges.isService(service)) {
            answer(request, new Refusal(403, "Git's old dumb protocol is not served; use git 1.6.6 or newer."));
            return;
        }
        if (AppPath.Resource.RECEIVE_PACK.service().equals(service) && !workers.hasRoomForPush()) {
            // Git shows the text of an error only here, not that of the pack's own request.
            answer(request, new Refusal(503, TOO_MANY_PUSHES));
            return;
        }
        Exchange exchange = new Exchange(context, request);
        try {
            switch (path.resource()) {
                case REFS -> workers.read(() -> exchanges.refs(exchange, app, service));
                case UPLOAD_PACK -> workers.read(() -> exchanges.uploadPack(exchange, app));
                case RECEIVE_PACK -> workers.push(() -> exchanges.receivePack(exchange, app, pusher));
            }
        } catch (RejectedExecutionException full) {
            log.atWarn().addKeyValue("app", app.name()).log("git-workers-busy");
            exchange.fail(
                    503,
                    path.resource() == AppPath.Resource.RECEIVE_PACK
                            ? TOO_MANY_PUSHES
                            : "Too many fetches at once, try again.");
        }
    }

    private static void answer(HttpServerRequest request, Refusal refusal) {
        if (refusal.status() == 401) {
            request.response().putHeader("WWW-Authenticate", "Basic realm=\"git\"");
        }
        Exchange.refuse(request.response(), refusal.status(), refusal.text());
        request.resume(); // a body under way is read to its end and thrown away
    }
}
