import dev.celadon.router.RouterService;
import dev.celadon.router.RouterSettings;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.BlobStore;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.EmbeddedPostgres;
import dev.celadon.runtime.Environment;
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
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The router alone in a process: log lines and certificates are the second argument's, the table is the third's. */
public final class RouterBench {
    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[0]);
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Database database = new Database(vertx, EmbeddedPostgres.start(data.resolve("postgres")).url(), 2);
        database.migrate("runtime");
        SecretKeys keys = new SecretKeys(new byte[32]);
        InternalHttp internal = new InternalHttp(vertx, "127.0.0.1", keys.token("internal-http"), meters);
        internal.listen(0).await();
        Members members = new Members(vertx, database, Duration.ofSeconds(2));
        members.join(new Members.Member("others", arguments[1], List.of("logplex", "api"))).await();
        members.join(new Members.Member("manifold", arguments[2], List.of("manifold"))).await();
        AppLog appLog = new AppLog(vertx, internal, members, Clock.systemUTC(), meters);
        appLog.start();
        Platform platform = new Platform(
                vertx,
                "n-bench",
                data,
                "localhost",
                Clock.systemUTC(),
                new Bus(vertx, true, Duration.ofSeconds(2)),
                database,
                members,
                internal,
                appLog,
                new BlobStore(vertx, data.resolve("blobs")),
                new Processes(vertx, 1),
                keys,
                LocalCa.load(data.resolve("tls"), Clock.systemUTC()),
                meters);
        new RouterService(platform, RouterSettings.from(new Environment(System.getenv()))).start().await();
        System.out.println("ready " + internal.url());
    }
}
