package dev.celadon.gitreceiver.http;

import dev.celadon.gitreceiver.domain.App;
import dev.celadon.gitreceiver.domain.AppPath;
import dev.celadon.gitreceiver.domain.Pusher;
import dev.celadon.gitreceiver.store.Accounts;
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
    private final Accounts accounts;
    private final Workers workers;
    private final GitExchanges exchanges;
    private volatile @Nullable HttpServer server;

    public GitServer(HttpServerOptions options, Accounts accounts, Workers workers, GitExchanges exchanges) {
        this.options = options;
        this.accounts = accounts;
        this.workers = workers;
        this.exchanges = exchanges;
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer(options)
                .requestHandler(this::handle)
                .listen()
                .onSuccess(listening -> server = listening);
    }

    @Override
    public Future<?> stop() {
        HttpServer listening = server;
        server = null;
        return listening == null ? Future.succeededFuture() : listening.shutdown(2, TimeUnit.SECONDS);
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
                .compose(pusher -> findApp(path.get(), pusher).onSuccess(app -> hand(request, path.get(), pusher, app)))
                .onFailure(cause -> answer(request, refusalFor(cause)));
    }

    private Future<Pusher> authenticate(HttpServerRequest request) {
        Optional<String> token = Credentials.token(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (token.isEmpty()) {
            return Future.failedFuture(new Refusal(401, "Log in with your API token as the password."));
        }
        return accounts.byToken(token.get())
                .compose(found -> found.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(
                                new Refusal(401, "Invalid credentials provided: this API token is not known."))));
    }

    private Future<App> findApp(AppPath path, Pusher pusher) {
        return accounts.app(path.appName(), pusher.accountId())
                .compose(found -> found.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(new Refusal(404, "Couldn't find that app."))));
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

    private static Refusal refusalFor(Throwable cause) {
        if (cause instanceof Refusal refusal) {
            return refusal;
        }
        log.atWarn().addKeyValue("reason", cause.getMessage()).log("git-request-undecided");
        return new Refusal(503, "The platform cannot check your access right now, try again.");
    }

    private static void answer(HttpServerRequest request, Refusal refusal) {
        if (refusal.status == 401) {
            request.response().putHeader("WWW-Authenticate", "Basic realm=\"git\"");
        }
        Exchange.refuse(request.response(), refusal.status, String.valueOf(refusal.getMessage()));
        request.resume(); // a body under way is read to its end and thrown away
    }

    /** Why a request is not served, in words for its user. */
    private static final class Refusal extends RuntimeException {
        private final int status;

        Refusal(int status, String text) {
            super(text, null, false, false);
            this.status = status;
        }
    }
}
