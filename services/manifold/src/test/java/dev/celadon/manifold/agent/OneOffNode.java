package dev.celadon.manifold.agent;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import dev.celadon.container.ContainerHost;
import dev.celadon.container.ContainerSettings;
import dev.celadon.contract.Command;
import dev.celadon.contract.DynoReport;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.OneOffReports;
import dev.celadon.contract.StartOneOff;
import dev.celadon.contract.StopDyno;
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** One node's agent for one-off dynos with real containers; the test plays api, manifold and logplex. */
final class OneOffNode implements AutoCloseable {
    private static final int UID = 300_778;
    private static final UUID APP = UUID.randomUUID();

    /** Every line of the app's log as {@code source[process]: text}. */
    final List<String> log;

    private final Map<UUID, DynoReport> reports = new ConcurrentHashMap<>();

    final Map<String, String> variables = new ConcurrentHashMap<>(Map.of("TERM", "xterm"));

    private final TestPlatform test;
    private final Platform platform;
    private final ManifoldSettings settings;
    private final Path data;
    private final char kind;
    private final String slug;
    private ContainerHost containers;
    private String deployment;

    /** @param kind tells nodes of one test apart on the host */
    OneOffNode(char kind, Path data, Map<String, String> more) throws Exception {
        this.data = data;
        this.kind = kind;
        test = TestPlatform.start(data, "api", "manifold", "logplex");
        platform = test.platform();
        Map<String, String> variablesOfPlatform = new HashMap<>(more);
        variablesOfPlatform.put("CELADON_RENDEZVOUS_PORT", Integer.toString(freePort()));
        variablesOfPlatform.put("CELADON_DYNO_DISK", "64MB");
        settings = ManifoldSettings.from(new Environment(variablesOfPlatform));
        platform.database().migrate("manifold");
        platform.database().execute("create schema api", Tuple.tuple()).await(5, SECONDS);
        platform.database()
                .execute("create table api.v_one_offs (id uuid, secret_hash bytea)", Tuple.tuple())
                .await(5, SECONDS);
        var router = platform.internal().router();
        router.get("/api/one-offs/:id/environment").handler(context -> context.end(Json.write(Map.copyOf(variables))));
        log = new HeardLines(router).lines();
        router.post("/manifold/one-offs").handler(BodyHandler.create(false)).handler(this::told);
        containers = prepare();
        Path tree = Files.createDirectories(data.resolve("tree"));
        Files.writeString(tree.resolve("file"), "packed");
        containers.pack(tree, data.resolve("slug.sqfs"), UID).await(20, SECONDS);
        slug = platform.blobs().put(data.resolve("slug.sqfs")).await(5, SECONDS).sha256();
        deploy();
    }

    ContainerHost containers() {
        return containers;
    }

    /** The platform's process ends and another begins: nothing is said to the dynos. */
    void restart() throws Exception {
        platform.vertx().undeploy(deployment).await(10, SECONDS);
        containers.stop();
        containers = prepare();
        deploy();
    }

    UUID run(String command) throws Exception {
        return order(command, false, null, null);
    }

    UUID attached(String command, boolean isWithoutTty, String secret) throws Exception {
        return order(command, isWithoutTty, secret, null);
    }

    UUID order(String command, boolean isWithoutTty, @Nullable String secret, @Nullable UUID inside) throws Exception {
        UUID id = UUID.randomUUID();
        String hash = secret == null ? null : hash(secret);
        platform.bus()
                .request(
                        Command.START_ONE_OFF,
                        platform.nodeId(),
                        new StartOneOff(
                                id,
                                1,
                                APP,
                                "app",
                                "run.1",
                                slug,
                                command,
                                "cedar",
                                UID,
                                256,
                                isWithoutTty,
                                hash,
                                inside))
                .await(5, SECONDS);
        return id;
    }

    /** What the node said last of a dyno. */
    Optional<DynoReport> report(UUID id) {
        return Optional.ofNullable(reports.get(id));
    }

    boolean isIn(UUID id, DynoState state) {
        return report(id).filter(report -> report.state() == state).isPresent();
    }

    /** As the leader would, when it places a dyno on another node. */
    void knowsOf(OneOffNode other, String secretHash) throws Exception {
        var database = platform.database();
        database.execute("""
                        insert into runtime.members (id, url, services, seen_at)
                        values ('n-other', 'http://127.0.0.1:1', '{}', now() + interval '1 hour')
                        """, Tuple.tuple()).await(5, SECONDS);
        await().until(() -> platform.members().byId("n-other").isPresent());
        database.execute(
                        "insert into manifold.terminal_ports values ('n-other', $1)",
                        Tuple.of(other.settings.oneOffs().port()))
                .await(5, SECONDS);
        database.execute("""
                        insert into manifold.one_offs (id, app_id, name, release_version, node_id, memory_mb, command, secret_hash)
                        values ($1, $1, 'run.1', 1, 'n-other', 0, 'bash', $2)
                        """, Tuple.of(UUID.randomUUID(), secretHash)).await(5, SECONDS);
    }

    static String hash(String secret) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII)));
    }

    void stop(UUID id, int grace) throws Exception {
        platform.bus()
                .request(Command.STOP_ONE_OFF, platform.nodeId(), new StopDyno(id, 1, grace))
                .await(5, SECONDS);
    }

    /** A terminal that has shown its secret. */
    Socket terminal(String secret) throws Exception {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null);
        try (var in = Files.newInputStream(platform.ca().certificateFile())) {
            trust.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trust);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, managers.getTrustManagers(), null);
        Socket socket = tls.getSocketFactory()
                .createSocket("127.0.0.1", settings.oneOffs().port());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write((secret + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Until the other side closes. */
    static String everything(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Until the text has come. */
    static String until(Socket socket, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        byte[] piece = new byte[8_192];
        while (seen.indexOf(text) < 0) {
            int length = socket.getInputStream().read(piece);
            if (length < 0) {
                throw new IOException("closed after: " + seen);
            }
            seen.append(new String(piece, 0, length, StandardCharsets.UTF_8));
        }
        return seen.toString();
    }

    static void type(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws Exception {
        platform.vertx().undeploy(deployment).await(10, SECONDS);
        containers.cleanHost().await(60, SECONDS);
        test.close();
    }

    private ContainerHost prepare() throws Exception {
        return ContainerHost.prepare(
                        platform.vertx(),
                        platform.processes(),
                        data,
                        TestPlatform.instance(kind),
                        ContainerSettings.from(new Environment(Map.of())))
                .await(60, SECONDS);
    }

    private void deploy() throws Exception {
        deployment = platform.vertx()
                .deployVerticle(new OneOffAgent(platform, settings, containers))
                .await(20, SECONDS);
    }

    private void told(RoutingContext context) {
        Json.read(context.body().buffer(), OneOffReports.class)
                .dynos()
                .forEach(report -> reports.put(report.dynoId(), report));
        context.end("{\"unknown\":[]}");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
