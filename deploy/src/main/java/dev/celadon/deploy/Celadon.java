package dev.celadon.deploy;

import dev.celadon.api.ApiService;
import dev.celadon.compiler.CompilerService;
import dev.celadon.container.ContainerHost;
import dev.celadon.gitreceiver.GitReceiverService;
import dev.celadon.logplex.LogplexService;
import dev.celadon.manifold.ManifoldService;
import dev.celadon.router.RouterService;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.BlobStore;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Cluster;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.EmbeddedPostgres;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.InternalHttp;
import dev.celadon.runtime.LocalCa;
import dev.celadon.runtime.Members;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Processes;
import dev.celadon.runtime.SecretKeys;
import dev.celadon.runtime.Service;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process of the platform: what it stands on, then the services in order; stopped in reverse. */
final class Celadon {
    private static final Logger log = LoggerFactory.getLogger(Celadon.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(40);
    private static final List<String> SERVICES =
            List.of("logplex", "api", "git-receiver", "compiler", "manifold", "router");

    private final Settings settings;
    private final Closing closing = new Closing(STOP_LIMIT);

    private Celadon(Settings settings) {
        this.settings = settings;
    }

    static Celadon configure(Environment environment) {
        return new Celadon(Settings.from(environment));
    }

    void start() {
        long begun = System.nanoTime();
        try {
            Platform platform = lay();
            ContainerHost containers = await(ContainerHost.prepare(
                    platform.vertx(),
                    platform.processes(),
                    settings.dataDirectory(),
                    settings.instance().id(),
                    settings.containers()));
            LogplexService logplex = new LogplexService(platform, settings.logplex());
            ApiService api = new ApiService(platform, settings.api(), logplex::url);
            List<Service> services = List.of(
                    logplex,
                    api,
                    new GitReceiverService(platform, settings.git()),
                    new CompilerService(platform, settings.compiler(), containers),
                    new ManifoldService(platform, settings.manifold(), containers),
                    new RouterService(platform, settings.router()));
            for (Service service : services) {
                closing.add(service.name(), () -> await(service.stop()));
                await(service.start());
            }
            Path tokenFile = settings.dataDirectory().resolve("secrets/token");
            String token = await(api.ensureOperatorToken(tokenFile));
            CeladonEnv.write(settings, platform, logplex.url(), token);
            log.atInfo()
                    .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
                    .addKeyValue("data", settings.dataDirectory())
                    .log("celadon-up");
        } catch (StartFailed told) {
            stop();
            throw told;
        } catch (IOException | SQLException | GeneralSecurityException | RuntimeException broken) {
            log.atError().setCause(broken).log("start-failed");
            stop();
            throw new StartFailed(String.valueOf(broken.getMessage()));
        }
    }

    void stop() {
        closing.close();
    }

    /** Everything the services stand on. */
    private Platform lay() throws IOException, SQLException, GeneralSecurityException {
        Path data = settings.dataDirectory();
        Files.createDirectories(data);
        closing.add("data-directory", DirectoryLock.take(data)::close);
        settings.instance().keep(data);
        String databaseUrl = settings.databaseUrl().orElse("");
        if (databaseUrl.isEmpty()) {
            EmbeddedPostgres postgres = EmbeddedPostgres.start(data.resolve("postgres"));
            closing.add("postgres", postgres::close);
            databaseUrl = postgres.url();
        }
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        JvmGcMetrics collections = new JvmGcMetrics();
        collections.bindTo(meters);
        closing.add("gc-metrics", collections::close);
        Vertx vertx = await(Cluster.join(settings.cluster(), meters));
        closing.add("vertx", () -> await(vertx.close()));
        Database database = new Database(vertx, databaseUrl, 16);
        closing.add("database", () -> await(database.close()));
        database.migrate("runtime");
        SecretKeys keys = SecretKeys.load(settings.secretKey(), data.resolve("secrets/master"));
        InternalHttp internal = new InternalHttp(vertx, settings.cluster().host(), keys.token("internal-http"), meters);
        closing.add("internal-http", () -> await(internal.close()));
        await(internal.listen(settings.internalPort()));
        Members members = new Members(vertx, database, settings.memberBeat());
        String nodeId = "n-" + settings.instance().id();
        closing.add("membership", () -> await(members.leave(nodeId)));
        await(members.join(new Members.Member(nodeId, internal.url(), SERVICES)));
        Clock clock = Clock.systemUTC();
        AppLog appLog = new AppLog(vertx, internal, members, clock, meters);
        closing.add("app-log", () -> await(appLog.stop()));
        appLog.start();
        Processes processes = new Processes(vertx, 8);
        closing.add("processes", () -> await(processes.close()));
        return new Platform(
                vertx,
                nodeId,
                data,
                settings.domain(),
                clock,
                new Bus(vertx, settings.isPublishing(), Duration.ofSeconds(2)),
                database,
                members,
                internal,
                appLog,
                new BlobStore(vertx, data.resolve("blobs")),
                processes,
                keys,
                LocalCa.load(data.resolve("tls"), clock),
                meters);
    }

    /** Blocks the main thread, never an event loop. */
    static <T> T await(Future<T> future) {
        try {
            return future.await(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new StartFailed("no answer within " + START_LIMIT);
        }
    }

    static Set<String> services() {
        return Set.copyOf(SERVICES);
    }
}
