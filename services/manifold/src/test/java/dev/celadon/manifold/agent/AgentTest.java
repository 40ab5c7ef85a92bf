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
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's agent with a real container; the test plays api, scheduler and logplex. */
class AgentTest {
    private static final int UID = 300_779;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    static Path data;

    private final Map<UUID, DynoReport> reports = new ConcurrentHashMap<>();
    private final UUID dyno = UUID.randomUUID();
    private TestPlatform test;
    private Platform platform;
    private ContainerHost containers;

    @BeforeEach
    void open() throws Exception {
        test = TestPlatform.start(data, "api", "manifold", "logplex");
        platform = test.platform();
        var router = platform.internal().router();
        router.get("/api/releases/:id/environment").handler(context -> context.end("{}"));
        router.post("/logplex/lines")
                .handler(context -> context.response().setStatusCode(204).end());
        router.post("/manifold/heartbeat").handler(BodyHandler.create(false)).handler(context -> {
            Json.read(context.body().buffer(), NodeHeartbeat.class)
                    .dynos()
                    .forEach(report -> reports.put(report.dynoId(), report));
            context.end("{\"unknown\":[]}");
        });
        containers = prepare();
    }

    @AfterEach
    void close() throws Exception {
        containers.cleanHost().await(60, SECONDS);
        test.close();
    }

    @Test
    void anExitThatWasToldBeforeTheDynoWasTakenBackIsNotMissed() throws Exception {
        String first = deploy();
        platform.bus().request(Command.START_DYNO, platform.nodeId(), sleeper()).await(20, SECONDS);
        awaitState(DynoState.UP);
        platform.vertx().undeploy(first).await(10, SECONDS);
        containers.stop();
        containers = prepare();
        Set<String> ended = ConcurrentHashMap.newKeySet();
        containers.onExit((id, status) -> ended.add(id));
        containers.signal(DynoRun.containerId(dyno), "KILL").await(10, SECONDS);
        await().atMost(LIMIT).until(() -> ended.contains(DynoRun.containerId(dyno)));
        deploy();
        awaitState(DynoState.CRASHED);
        assertThat(reports.values()).extracting(DynoReport::exitStatus).containsExactly(137);
    }

    private void awaitState(DynoState state) {
        await().atMost(LIMIT).until(() -> reports.values().stream().anyMatch(report -> report.state() == state));
    }

    private StartDyno sleeper() throws Exception {
        Path slug = data.resolve("slug.sqfs");
        containers
                .pack(Files.createDirectories(data.resolve("tree")), slug, UID)
                .await(20, SECONDS);
        String sha256 = platform.blobs().put(slug).await(5, SECONDS).sha256();
        UUID app = UUID.randomUUID();
        return new StartDyno(
                dyno, 1, app, "app", "worker.1", app, 2, sha256, null, "sleep 1000", "cedar", UID, 256, 60);
    }

    private String deploy() throws Exception {
        ManifoldSettings settings =
                ManifoldSettings.from(new Environment(Map.of("CELADON_DYNO_DISK", "64MB", "CELADON_DYNO_READY", "0")));
        return platform.vertx()
                .deployVerticle(new Agent(platform, settings, containers))
                .await(20, SECONDS);
    }

    private ContainerHost prepare() throws Exception {
        return ContainerHost.prepare(
                        platform.vertx(),
                        platform.processes(),
                        data,
                        TestPlatform.instance('a'),
                        ContainerSettings.from(new Environment(Map.of())))
                .await(60, SECONDS);
    }
}
