package dev.celadon.runtime.testing;

import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.BlobStore;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.InternalHttp;
import dev.celadon.runtime.LocalCa;
import dev.celadon.runtime.Members;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Processes;
import dev.celadon.runtime.SecretKeys;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A platform without services on an own, unclustered Vert.x and a fresh database of the real PostgreSQL. */
public final class TestPlatform implements AutoCloseable {
    private static final long LIMIT_SECONDS = 20;

    private final Platform platform;
    private final String store;

    private TestPlatform(Platform platform, String store) {
        this.platform = platform;
        this.store = store;
    }

    /**
     * @param services this process claims to serve, so that internal calls and log lines find it
     */
    public static TestPlatform start(Path directory, String... services) throws TimeoutException {
        return start(directory, Clock.systemUTC(), services);
    }

    public static TestPlatform start(Path directory, Clock clock, String... services) throws TimeoutException {
        return start(TestDatabase.create(), "n-test", directory, clock, services);
    }

    /** Another process of this platform: on the same store, not on the same bus. */
    public TestPlatform beside(String nodeId, Path directory, String... services) throws TimeoutException {
        return start(store, nodeId, directory, platform.clock(), services);
    }

    private static TestPlatform start(String store, String nodeId, Path directory, Clock clock, String... services)
            throws TimeoutException {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setMaxEventLoopExecuteTime(200)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS));
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Database database = new Database(vertx, store, 8);
        database.migrate("runtime");
        SecretKeys keys = new SecretKeys(new byte[32]);
        InternalHttp internal = new InternalHttp(vertx, "127.0.0.1", keys.token("internal-http"), meters);
        internal.listen(0).await(LIMIT_SECONDS, TimeUnit.SECONDS);
        Members members = new Members(vertx, database, Duration.ofSeconds(1));
        members.join(new Members.Member(nodeId, internal.url(), List.of(services)))
                .await(LIMIT_SECONDS, TimeUnit.SECONDS);
        AppLog appLog = new AppLog(vertx, internal, members, clock, meters);
        appLog.start();
        Platform platform = new Platform(
                vertx,
                nodeId,
                directory,
                "localhost",
                clock,
                new Bus(vertx, true, Duration.ofSeconds(2)),
                database,
                members,
                internal,
                appLog,
                new BlobStore(vertx, directory.resolve("blobs")),
                new Processes(vertx, 8),
                keys,
                ca(directory, clock),
                meters);
        return new TestPlatform(platform, store);
    }

    /** What this test run calls itself on the host: another name than every run beside it. */
    public static String instance(char kind) {
        return kind + Long.toString(1_679_616 + ProcessHandle.current().pid() % 1_000_000, 36);
    }

    public Platform platform() {
        return platform;
    }

    @Override
    public void close() throws TimeoutException {
        platform.database().close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
        platform.vertx().close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static LocalCa ca(Path directory, Clock clock) {
        try {
            return LocalCa.load(directory.resolve("tls"), clock);
        } catch (IOException | GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
