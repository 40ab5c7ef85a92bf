package dev.celadon.manifold.agent;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.container.ContainerHost;
import dev.celadon.container.ContainerSettings;
import dev.celadon.contract.Command;
import dev.celadon.contract.DynoReport;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.NodeHeartbeat;
import dev.celadon.contract.StartDyno;
import dev.celadon.contract.StopDyno;
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with a formation's dynos, made to happen in real containers; the test plays everyone but the node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgentTest {
    private static final int UID = 300_779;
    private static final int BOOT_SECONDS = 2;
    /** Python's own web server, which a test has on any port. */
    private static final String SERVE = "exec python3 -m http.server --bind ";

    @TempDir
    static Path directory;

    private final Map<UUID, DynoReport> reports = new ConcurrentHashMap<>();
    private TestPlatform test;
    private Platform platform;
    private ContainerHost containers;
    private HeardLines log;
    private String deployment;

    @BeforeAll
    void start() throws Exception {
        test = TestPlatform.start(directory, "api", "manifold", "logplex");
        platform = test.platform();
        var router = platform.internal().router();
        router.get("/api/releases/:id/environment").handler(context -> context.end("{}"));
        router.post("/manifold/heartbeat").handler(BodyHandler.create(false)).handler(context -> {
            Json.read(context.body().buffer(), NodeHeartbeat.class)
                    .dynos()
                    .forEach(report -> reports.put(report.dynoId(), report));
            context.end("{\"unknown\":[]}");
        });
        log = new HeardLines(router);
        prepare();
        deploy();
    }

    @AfterAll
    void stop() throws Exception {
        platform.vertx().undeploy(deployment).await(10, SECONDS);
        containers.cleanHost().await(60, SECONDS);
        test.close();
    }

    @Test
    void aWebDynoThatDoesNotBindItsPortInTimeEndsWithR10() throws Exception {
        UUID dyno = order("web.1", "sleep 1000", slug("late"));
        DynoReport end = end(dyno);
        assertThat(end.state()).isEqualTo(DynoState.CRASHED);
        assertThat(end.cause()).isEqualTo("R10");
        assertThat(end.exitStatus()).isEqualTo(137);
        heard(
                "heroku[web.1]: Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 2 seconds of launch",
                "heroku[web.1]: Stopping process with SIGKILL",
                "heroku[web.1]: State changed from starting to crashed");
    }

    @Test
    void oneThatBindsAnotherPortIsToldWhichOneByR11() throws Exception {
        UUID dyno = order("web.2", SERVE + "0.0.0.0 3000", slug("elsewhere"));
        DynoReport end = end(dyno);
        assertThat(end.cause()).isEqualTo("R10");
        heard(
                "heroku[web.2]: Error R11 (Bad bind) -> Process bound to port 3000, should be " + end.port()
                        + " (see environment variable PORT)",
                "heroku[web.2]: Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 2 seconds of launch");
    }

    @Test
    void oneThatOutlivesItsGraceEndsWithR12() throws Exception {
        UUID dyno = order("worker.1", "trap '' TERM; echo deaf; while :; do sleep 1; done", slug("deaf"));
        heard("app[worker.1]: deaf");
        platform.bus()
                .request(Command.STOP_DYNO, platform.nodeId(), new StopDyno(dyno, 1, 1))
                .await(5, SECONDS);
        DynoReport end = end(dyno);
        assertThat(end.state()).isEqualTo(DynoState.DOWN);
        assertThat(end.exitStatus()).isEqualTo(137);
        heard(
                "heroku[worker.1]: Error R12 (Exit timeout) -> Process failed to exit within 1 seconds of SIGTERM",
                "heroku[worker.1]: Stopping process with SIGKILL");
    }

    @Test
    void oneOnADamagedSlugDoesNotStartAndSaysR17() throws Exception {
        String slug = slug("damaged");
        Files.writeString(platform.blobs().path(slug), "not what it was");
        DynoReport end = end(order("worker.2", "echo started", slug));
        assertThat(end.state()).isEqualTo(DynoState.CRASHED);
        assertThat(end.cause()).isEqualTo("R17");
        heard("heroku[worker.2]: Error R17 (Checksum error) -> Checksum does not match");
        assertThat(log.lines()).doesNotContain("app[worker.2]: started");
    }

    @Test
    void oneThatEndedBeforeItWasTakenBackIsNotMissed() throws Exception {
        UUID dyno = order("worker.3", "echo running; exec sleep 1000", slug("taken-back"));
        heard("app[worker.3]: running");
        platform.vertx().undeploy(deployment).await(10, SECONDS);
        containers.stop();
        prepare();
        Set<String> told = ConcurrentHashMap.newKeySet();
        containers.onExit((id, status) -> told.add(id));
        containers.signal(DynoRun.containerId(dyno), "KILL").await(10, SECONDS);
        await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(DynoRun.containerId(dyno)));
        deploy();
        DynoReport end = end(dyno);
        assertThat(end.state()).isEqualTo(DynoState.CRASHED);
        assertThat(end.exitStatus()).isEqualTo(137);
    }

    private void prepare() throws Exception {
        containers = ContainerHost.prepare(
                        platform.vertx(),
                        platform.processes(),
                        directory,
                        TestPlatform.instance('a'),
                        ContainerSettings.from(new Environment(Map.of())))
                .await(60, SECONDS);
    }

    private void deploy() throws Exception {
        ManifoldSettings settings =
                ManifoldSettings.from(new Environment(Map.of("CELADON_DYNO_DISK", "64MB", "CELADON_DYNO_READY", "1")));
        deployment = platform.vertx()
                .deployVerticle(new Agent(platform, settings, containers))
                .await(20, SECONDS);
    }

    private String slug(String name) throws Exception {
        Path tree = Files.createDirectories(directory.resolve("trees").resolve(name));
        Files.writeString(tree.resolve("name"), name);
        Path image = directory.resolve(name + ".sqfs");
        containers.pack(tree, image, UID).await(20, SECONDS);
        return platform.blobs().put(image).await(5, SECONDS).sha256();
    }

    private UUID order(String name, String command, String slug) throws Exception {
        UUID id = UUID.randomUUID();
        StartDyno order = new StartDyno(
                id,
                1,
                UUID.randomUUID(),
                "app",
                name,
                UUID.randomUUID(),
                1,
                slug,
                null,
                command,
                "cedar",
                UID,
                256,
                BOOT_SECONDS);
        platform.bus().request(Command.START_DYNO, platform.nodeId(), order).await(5, SECONDS);
        return id;
    }

    private DynoReport end(UUID dyno) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> reports.get(dyno),
                        report -> report != null && report.state().isFinal());
    }

    private void heard(String... lines) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(log.lines()).containsSubsequence(List.of(lines)));
    }
}
