package dev.celadon.api;

import dev.celadon.api.accounts.Accounts;
import dev.celadon.api.accounts.Passwords;
import dev.celadon.api.apps.ConfigStore;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Service;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Platform API: resources over HTTP, the releases of finished builds, the ends of release phases, webhooks. */
public final class ApiService implements Service {
    private static final Logger log = LoggerFactory.getLogger(ApiService.class);
    private static final long SWEEP_MILLIS = TimeUnit.MINUTES.toMillis(10);

    private final Platform platform;
    private final ApiSettings settings;
    private final Supplier<String> logplexUrl;
    private final Passwords passwords;
    private final Accounts accounts;
    private final ConfigStore configs;
    private volatile boolean isListening;
    private volatile List<String> mounted = List.of();
    private @Nullable String deployment;

    public ApiService(Platform platform, ApiSettings settings, Supplier<String> logplexUrl) {
        this.platform = platform;
        this.settings = settings;
        this.logplexUrl = logplexUrl;
        this.passwords = new Passwords(platform.vertx());
        this.accounts = new Accounts(platform.vertx(), platform.database(), passwords);
        this.configs = new ConfigStore(platform.database(), platform.keys());
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
                .compose(known -> accounts.ensureOperator(settings.adminEmail(), settings.adminPassword()))
                .compose(operator -> platform.vertx().deployVerticle(new Loop()))
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

    /** {@code GET /apps/:app} of every resource served. */
    List<String> mounted() {
        return mounted;
    }

    private final class Loop extends VerticleBase {
        private @Nullable HttpServer server;
        private @Nullable Resources resources;

        @Override
        public Future<?> start() {
            Router router = Router.router(vertx);
            Resources mountedNow =
                    Resources.mount(platform, settings, router, accounts, passwords, configs, logplexUrl);
            resources = mountedNow;
            mounted = mountedNow.endpoints().mounted();
            new InternalResources(configs, mountedNow.oneOffs(), mountedNow.certificates(), mountedNow.acme())
                    .mount(platform.internal().router());
            vertx.setPeriodic(settings.look().toMillis(), tick -> look(mountedNow));
            vertx.setPeriodic(SWEEP_MILLIS, tick -> mountedNow.sources().sweep());
            return platform.bus()
                    .subscribe(Topic.SLUG_READY, ready -> releaseBuilds(mountedNow))
                    .compose(subscribed -> platform.bus().subscribe(Topic.ACCESS_ENDED, ended -> endPhases(mountedNow)))
                    .compose(subscribed ->
                            platform.bus().subscribe(Topic.DYNO_CHANGED, changed -> endPhases(mountedNow)))
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
            if (resources != null) {
                resources.deliveries().close();
                resources.automatic().close();
            }
            HttpServer listening = server;
            return listening == null ? Future.succeededFuture() : listening.shutdown(5, TimeUnit.SECONDS);
        }

        private void look(Resources all) {
            releaseBuilds(all);
            endPhases(all);
            all.rollouts().look().onFailure(cause -> tell("rollouts-unknown", cause));
            all.jobs().look().onFailure(cause -> tell("jobs-unknown", cause));
            all.automatic().look();
            all.deliveries().send().onFailure(cause -> tell("webhooks-unsent", cause));
        }

        private void releaseBuilds(Resources all) {
            all.deploys().releaseBuilds().onFailure(cause -> tell("builds-unknown", cause));
        }

        private void endPhases(Resources all) {
            all.phases().look().onFailure(cause -> tell("one-offs-unknown", cause));
        }

        /** The next look comes; others' views may not be there yet. */
        private void tell(String event, Throwable cause) {
            log.atDebug().addKeyValue("reason", cause.getMessage()).log(event);
        }
    }
}
