package dev.celadon.api;

import dev.celadon.api.accounts.Accounts;
import dev.celadon.api.apps.AppStore;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.processes.Dynos;
import dev.celadon.api.processes.Formation;
import dev.celadon.api.processes.LogSessions;
import dev.celadon.api.releases.ReleaseStore;
import dev.celadon.api.releases.Releases;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Service;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Platform API: resources over HTTP, and the releases of finished builds. */
public final class ApiService implements Service {
    private static final Logger log = LoggerFactory.getLogger(ApiService.class);

    private final Platform platform;
    private final ApiSettings settings;
    private final Supplier<String> logplexUrl;
    private final Accounts accounts;
    private final AppStore appStore;
    private volatile boolean isListening;
    private @Nullable String deployment;

    public ApiService(Platform platform, ApiSettings settings, Supplier<String> logplexUrl) {
        this.platform = platform;
        this.settings = settings;
        this.logplexUrl = logplexUrl;
        this.accounts = new Accounts(platform.vertx(), platform.database());
        this.appStore = new AppStore(platform.database(), platform.keys());
    }

    @Override
    public String name() {
        return "api";
    }

    @Override
    public Future<?> start() {
        platform.internal().readyWhen("api", () -> isListening);
        return platform.vertx()
                .executeBlocking(() -> {
                    platform.database().migrate("api");
                    return null;
                })
                .compose(migrated -> platform.database()
                        .execute("""
                                insert into api.platform (domain, router_port, boot_seconds) values ($1, $2, $3)
                                on conflict (only_row) do update set domain = excluded.domain,
                                  router_port = excluded.router_port, boot_seconds = excluded.boot_seconds
                                """, Tuple.of(platform.domain(), settings.routerPort(), settings.bootSeconds())))
                .compose(known -> platform.vertx().deployVerticle(new Loop()))
                .onSuccess(id -> deployment = id);
    }

    @Override
    public Future<?> stop() {
        String id = deployment;
        return id == null ? Future.succeededFuture() : platform.vertx().undeploy(id);
    }

    /** The operator's token, kept in the file; made with the first account on the first start. */
    public Future<String> ensureOperatorToken(Path file) {
        return accounts.operatorToken(file, settings.adminEmail());
    }

    private final class Loop extends VerticleBase {
        private @Nullable HttpServer server;

        @Override
        public Future<?> start() {
            Router router = Router.router(vertx);
            Endpoints endpoints = new Endpoints(router, settings.maxBodyBytes(), accounts::find);
            Apps apps = new Apps(appStore, platform.bus(), platform.domain() + ":" + settings.gitPort());
            ReleaseStore releaseStore = new ReleaseStore(platform.database(), appStore);
            Releases releases = new Releases(apps, appStore, releaseStore, platform.bus(), platform.appLog());
            apps.mount(endpoints);
            releases.mount(endpoints);
            new Formation(apps, platform.database(), platform.bus(), platform.appLog()).mount(endpoints);
            new Dynos(apps, platform.database(), platform.bus()).mount(endpoints);
            new LogSessions(apps, platform.keys(), platform.clock(), logplexUrl).mount(endpoints);
            endpoints.add(
                    HttpMethod.GET,
                    "/account",
                    request -> Future.succeededFuture(Endpoints.Answer.ok(Map.of(
                            "id",
                            request.caller().accountId(),
                            "email",
                            request.caller().email()))));
            serveEnvironments();
            vertx.setPeriodic(settings.look().toMillis(), tick -> releaseBuilds(releases));
            return platform.bus()
                    .subscribe(Topic.SLUG_READY, ready -> releaseBuilds(releases))
                    .compose(subscribed -> vertx.createHttpServer(new HttpServerOptions()
                                    .setHost(settings.bind())
                                    .setPort(settings.port())
                                    .setMaxHeaderSize(settings.maxHeaderBytes()))
                            .requestHandler(router)
                            .invalidRequestHandler(InvalidRequests::answer)
                            .listen())
                    .onSuccess(listening -> {
                        server = listening;
                        isListening = true;
                    });
        }

        @Override
        public Future<?> stop() {
            isListening = false;
            HttpServer listening = server;
            return listening == null ? Future.succeededFuture() : listening.shutdown(5, TimeUnit.SECONDS);
        }

        private void releaseBuilds(Releases releases) {
            releases.releaseBuilds()
                    .onFailure(cause -> log.atDebug()
                            .addKeyValue("reason", cause.getMessage())
                            .log("builds-unknown"));
        }

        /** What agents ask: the config vars of one release. */
        private void serveEnvironments() {
            platform.internal()
                    .router()
                    .get("/api/releases/:id/environment")
                    .handler(context -> Future.succeededFuture()
                            .compose(begun -> appStore.environment(UUID.fromString(context.pathParam("id"))))
                            .onSuccess(vars -> context.response().end(Json.write(vars)))
                            .onFailure(cause -> context.response()
                                    .setStatusCode(cause instanceof ApiException ? 404 : 500)
                                    .end(String.valueOf(cause.getMessage()))));
        }
    }
}
