package dev.celadon.manifold.scheduler;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.contract.AppWake;
import dev.celadon.contract.Command;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.DynoSuspect;
import dev.celadon.contract.RestartDynos;
import dev.celadon.contract.Route;
import dev.celadon.contract.RouterReport;
import dev.celadon.contract.Topic;
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.manifold.scheduler.store.RestStore;
import dev.celadon.manifold.scheduler.store.RouteStore;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler on a real PostgreSQL and bus, over nodes whose dynos are only said to run. */
class SchedulerTest {
    private static final Map<String, String> QUICK = Map.of(
            "CELADON_MANIFOLD_LOOK", "100ms",
            "CELADON_MANIFOLD_LEASE", "1500ms",
            "CELADON_NODE_LOSS", "1500ms",
            "CELADON_CRASH_COOLDOWN", "2s",
            "CELADON_SUSPECT_PAUSE", "10ms",
            "CELADON_IDLE_AFTER", "0s",
            "CELADON_DYNO_CYCLE", "0s");

    @TempDir
    Path directory;

    private TestPlatform test;
    private Platform platform;
    private ApiRows api;
    private UUID app;
    private final List<SimulatedNode> nodes = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        test = TestPlatform.start(directory);
        platform = test.platform();
        platform.database().migrate("manifold");
        api = new ApiRows(platform.database());
        nodes.add(new SimulatedNode(platform, "n-1", "east", 8_192));
        nodes.add(new SimulatedNode(platform, "n-2", "west", 8_192));
        app = api.app("one");
        api.release(app, 1);
    }

    @AfterEach
    void stop() throws Exception {
        test.close();
    }

    @Test
    void aFormationIsStartedSpreadAndScaled() throws Exception {
        lead(Map.of());
        api.scale(app, "web", 4);
        api.scale(app, "worker", 1);
        awaitRunning("web.1 v1", "web.2 v1", "web.3 v1", "web.4 v1", "worker.1 v1");
        assertThat(nodes)
                .allSatisfy(node -> assertThat(node.running().stream().filter(name -> name.startsWith("web")))
                        .hasSize(2));
        api.scale(app, "web", 1);
        awaitRunning("web.1 v1", "worker.1 v1");
    }

    @Test
    void aNewReleaseServesOnceItsWebDynosAreUpAndTheOldOnesGo() throws Exception {
        lead(Map.of());
        api.scale(app, "web", 2);
        awaitRollout("1 live 1 null");
        api.release(app, 2);
        awaitRunning("web.1 v2", "web.2 v2");
        awaitRollout("2 live 2 1");
    }

    @Test
    void aReleaseThatDoesNotComeUpLeavesTheOneBeforeWholeAndScalable() throws Exception {
        lead(Map.of());
        api.scale(app, "web", 1);
        api.scale(app, "worker", 1);
        awaitRollout("1 live 1 null");
        nodes.forEach(node ->
                node.fate(order -> order.releaseVersion() == 2 && order.isWeb() ? DynoState.CRASHED : DynoState.UP));
        api.release(app, 2);
        awaitRollout("2 failed 1 null");
        awaitRunning("web.1 v1", "worker.1 v1");
        nodes.forEach(node -> node.crash("web.1"));
        api.scale(app, "web", 2);
        awaitRunning("web.1 v1", "web.2 v1", "worker.1 v1");
        api.markFailed(app, 2);
        api.release(app, 3);
        awaitRunning("web.1 v3", "web.2 v3", "worker.1 v3");
        awaitRollout("3 live 3 1");
    }

    @Test
    void aReleaseThatCrashesSoonAfterItWentLiveIsToBeTakenBack() throws Exception {
        lead(Map.of());
        api.scale(app, "web", 1);
        awaitRollout("1 live 1 null");
        api.release(app, 2);
        awaitRollout("2 live 2 1");
        nodes.forEach(node -> node.fate(order -> DynoState.CRASHED));
        nodes.forEach(node -> node.crash("web.1"));
        awaitRollout("2 crashed 2 1");
    }

    @Test
    void aCrashedDynoRestartsAtOnceThenAfterTheCoolDownWhoeverLeads() throws Exception {
        Scheduler first = lead(Map.of());
        List<Instant> started = new CopyOnWriteArrayList<>();
        nodes.forEach(node -> node.fate(order -> {
            started.add(platform.clock().instant());
            return DynoState.CRASHED;
        }));
        api.scale(app, "worker", 1);
        await().atMost(Duration.ofSeconds(5)).until(() -> orders() == 2);
        int twice = orders();
        platform.vertx().undeploy(first.deploymentID()).await(5, SECONDS);
        lead(Map.of());
        await().atMost(Duration.ofSeconds(10)).until(() -> orders() > twice);
        assertThat(started.get(2)).isAfterOrEqualTo(started.get(1).plusSeconds(2));
    }

    @Test
    void aRestartByHandEndsTheCoolDownOnceHoweverOftenItIsAsked() throws Exception {
        lead(Map.of("CELADON_CRASH_COOLDOWN", "1h"));
        nodes.forEach(node -> node.fate(order -> DynoState.CRASHED));
        api.scale(app, "worker", 1);
        await().atMost(Duration.ofSeconds(5)).until(() -> orders() == 2);
        nodes.forEach(node -> node.fate(order -> DynoState.UP));
        RestartDynos wish = new RestartDynos(UUID.randomUUID(), app, "worker.1");
        platform.bus().request(Command.RESTART_DYNOS, "", wish).await(5, SECONDS);
        awaitRunning("worker.1 v1");
        assertThat(orders()).isEqualTo(3);
        platform.bus().request(Command.RESTART_DYNOS, "", wish).await(5, SECONDS);
        api.scale(app, "worker", 2);
        awaitRunning("worker.1 v1", "worker.2 v1");
        assertThat(orders()).isEqualTo(4);
    }

    @Test
    void dynosOfALostNodeStartElsewhereAndItsStaleCopiesEndWhenItReturns() throws Exception {
        lead(Map.of());
        api.scale(app, "web", 2);
        awaitRunning("web.1 v1", "web.2 v1");
        nodes.get(0).silent(true);
        await().atMost(Duration.ofSeconds(15))
                .until(() -> nodes.get(1).running().equals(List.of("web.1 v1", "web.2 v1")));
        assertThat(nodes.get(0).running()).hasSize(1);
        nodes.get(0).silent(false);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> nodes.get(0).running().isEmpty());
        awaitRunning("web.1 v1", "web.2 v1");
    }

    @Test
    void whatNoNodeHasRoomForIsAStateAndStartsOnceThereIsRoom() throws Exception {
        lead(Map.of());
        api.scale(app, "web", 40);
        await().atMost(Duration.ofSeconds(15)).until(() -> running().size() == 32);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> count("select count(*) from manifold.v_dynos where state = 'down'") == 8);
        nodes.add(new SimulatedNode(platform, "n-3", "east", 8_192));
        await().atMost(Duration.ofSeconds(15)).until(() -> running().size() == 40);
        assertThat(count("select count(*) from manifold.v_dynos where state = 'down'"))
                .isZero();
    }

    @Test
    void anUnresponsiveDynoIsRestartedAndARespondingSuspectIsLeftAlone() throws Exception {
        lead(Map.of());
        api.scale(app, "web", 1);
        awaitRunning("web.1 v1");
        await().atMost(Duration.ofSeconds(5)).until(() -> !route().backends().isEmpty());
        UUID dyno = route().backends().get(0).dynoId();
        platform.bus().publish(Topic.DYNO_SUSPECT, new DynoSuspect(app, dyno, "timeout"));
        api.scale(app, "worker", 1);
        awaitRunning("web.1 v1", "worker.1 v1");
        assertThat(route().backends().get(0).dynoId()).isEqualTo(dyno);
        nodes.forEach(node -> node.accepting(false));
        platform.bus().publish(Topic.DYNO_SUSPECT, new DynoSuspect(app, dyno, "timeout"));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> route().backends().stream()
                        .anyMatch(other -> !other.dynoId().equals(dyno)));
        awaitRunning("web.1 v1", "worker.1 v1");
    }

    @Test
    void anOnlyWebDynoIdlesAndOneRequestOfManyWakesIt() throws Exception {
        lead(Map.of("CELADON_IDLE_AFTER", "1s"));
        api.scale(app, "web", 1);
        api.scale(app, "worker", 1);
        awaitRunning("web.1 v1", "worker.1 v1");
        await().atMost(Duration.ofSeconds(10)).until(() -> route().state() == Route.State.IDLE);
        awaitRunning("worker.1 v1");
        assertThat(count("select count(*) from manifold.v_dynos where name = 'web.1' and state = 'idle'"))
                .isEqualTo(1);
        int before = orders();
        for (int i = 0; i < 50; i++) {
            platform.bus().publish(Topic.APP_WAKE, new AppWake(app));
        }
        awaitRunning("web.1 v1", "worker.1 v1");
        assertThat(orders()).isEqualTo(before + 1);
    }

    @Test
    void aReportedRequestWakesAnIdleAppWithoutAnyEvent() throws Exception {
        lead(Map.of("CELADON_IDLE_AFTER", "1s"));
        api.scale(app, "web", 1);
        await().atMost(Duration.ofSeconds(10)).until(() -> route().state() == Route.State.IDLE);
        new RestStore(platform.database())
                .seen(new RouterReport("r", 1, List.of(app), List.of()))
                .await(5, SECONDS);
        await().atMost(Duration.ofSeconds(10)).until(() -> route().state() == Route.State.SERVING);
    }

    @Test
    void twoWebDynosNeverIdle() throws Exception {
        lead(Map.of("CELADON_IDLE_AFTER", "1ms"));
        api.scale(app, "web", 2);
        UUID other = api.app("other");
        api.release(other, 1);
        api.scale(other, "web", 1);
        await().atMost(Duration.ofSeconds(10)).until(() -> count("select count(*) from manifold.idle_apps") == 1);
        assertThat(count("select count(*) from manifold.idle_apps where app_id = '" + app + "'"))
                .isZero();
    }

    @Test
    void eachDynoIsReplacedWhenItsDayIsOver() throws Exception {
        lead(Map.of("CELADON_DYNO_CYCLE", "500ms", "CELADON_DYNO_CYCLE_JITTER", "100ms"));
        api.scale(app, "web", 2);
        await().atMost(Duration.ofSeconds(15)).until(() -> orders() >= 6);
        await().atMost(Duration.ofSeconds(5)).until(() -> route().backends().size() == 2);
    }

    @Test
    void anotherLeaderTakesOverAndNothingRunsTwice() throws Exception {
        Platform one = node("n-a");
        Platform two = node("n-b");
        platform.vertx().deployVerticle(new Scheduler(one, settings(Map.of()))).await(5, SECONDS);
        api.scale(app, "web", 2);
        awaitRunning("web.1 v1", "web.2 v1");
        platform.vertx().deployVerticle(new Scheduler(two, settings(Map.of()))).await(5, SECONDS);
        long epoch = count("select epoch from manifold.leases");
        one.database().close().await(5, SECONDS);
        api.scale(app, "web", 5);
        awaitRunning("web.1 v1", "web.2 v1", "web.3 v1", "web.4 v1", "web.5 v1");
        assertThat(count("select epoch from manifold.leases")).isGreaterThan(epoch);
        assertThat(orders()).isEqualTo(5);
        two.database().close().await(5, SECONDS);
    }

    @Test
    void underRandomChangesTwoSchedulersReachWhatIsWantedWithoutDoubles() throws Exception {
        Random random = new Random(4);
        lead(Map.of());
        Platform other = node("n-b");
        platform.vertx()
                .deployVerticle(new Scheduler(other, settings(Map.of())))
                .await(5, SECONDS);
        int version = 1;
        for (int step = 0; step < 12; step++) {
            int web = random.nextInt(5);
            api.scale(app, "web", web);
            api.scale(app, "worker", random.nextInt(4));
            if (random.nextInt(3) == 0) {
                api.release(app, ++version);
            }
            if (random.nextInt(4) == 0) {
                platform.database()
                        .execute("update manifold.leases set expires_at = now(), holder = 'gone'", Tuple.tuple())
                        .await(5, SECONDS);
            }
            nodes.get(random.nextInt(2)).crash("worker.1");
            assertThat(count("""
                            select count(*) from (select app_id, name, release_version from manifold.dynos
                              where retired_at is null and not is_replaced and state in ('created', 'starting', 'up')
                              group by 1, 2, 3 having count(*) > 1) doubles
                            """)).isZero();
        }
        api.scale(app, "web", 3);
        api.scale(app, "worker", 2);
        String v = " v" + version;
        awaitRunning("web.1" + v, "web.2" + v, "web.3" + v, "worker.1" + v, "worker.2" + v);
        other.database().close().await(5, SECONDS);
    }

    private Scheduler lead(Map<String, String> more) throws Exception {
        Scheduler scheduler = new Scheduler(platform, settings(more));
        platform.vertx().deployVerticle(scheduler).await(5, SECONDS);
        return scheduler;
    }

    private static ManifoldSettings settings(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(QUICK);
        all.putAll(more);
        return ManifoldSettings.from(new Environment(all));
    }

    /** The same platform seen from another node, with connections of its own to the same database. */
    private Platform node(String id) throws Exception {
        String url = platform.database()
                .first(
                        "select 'postgres://postgres:postgres@127.0.0.1:' || inet_server_port() || '/' || current_database() as url",
                        Tuple.tuple(),
                        row -> row.getString("url"))
                .await(5, SECONDS)
                .orElseThrow();
        return new Platform(
                platform.vertx(),
                id,
                platform.dataDirectory(),
                platform.domain(),
                platform.clock(),
                platform.bus(),
                new Database(platform.vertx(), url, 4),
                platform.members(),
                platform.internal(),
                platform.appLog(),
                platform.blobs(),
                platform.processes(),
                platform.keys(),
                platform.ca(),
                platform.meters());
    }

    private void awaitRunning(String... names) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(running()).containsExactlyInAnyOrder(names));
    }

    private void awaitRollout(String rollout) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(rollout()).isEqualTo(rollout));
    }

    private List<String> running() {
        return nodes.stream().flatMap(node -> node.running().stream()).toList();
    }

    private int orders() {
        return nodes.stream().mapToInt(node -> node.orders().size()).sum();
    }

    private String rollout() throws Exception {
        return platform.database()
                .first(
                        "select release_version, state, live_version, previous_version from manifold.rollouts where app_id = $1",
                        Tuple.of(app),
                        row -> row.getInteger(0) + " " + row.getString(1) + " " + row.getInteger(2) + " "
                                + row.getInteger(3))
                .await(5, SECONDS)
                .orElse("none");
    }

    private Route route() throws Exception {
        return new RouteStore(platform.database())
                .since(0).await(5, SECONDS).routes().stream()
                        .filter(route -> route.appId().equals(app))
                        .findFirst()
                        .orElse(new Route(app, "one", 0, Route.State.BLANK, List.of(), List.of()));
    }

    private long count(String sql) throws Exception {
        return platform.database()
                .first(sql, Tuple.tuple(), row -> ((Number) row.getValue(0)).longValue())
                .await(5, SECONDS)
                .orElse(0L);
    }
}
