package dev.celadon.compiler.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.compiler.domain.App;
import dev.celadon.compiler.domain.Build;
import dev.celadon.compiler.domain.Slug;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildStoreTest {
    private static final Duration LEASE = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private TestPlatform test;
    private Database database;
    private StandInViews views;
    private BuildStore store;
    private DeletedApps deleted;

    @BeforeEach
    void start() throws Exception {
        test = TestPlatform.start(directory);
        database = test.platform().database();
        database.migrate("compiler");
        views = StandInViews.create(test.platform());
        store = new BuildStore(database);
        deleted = new DeletedApps(database);
    }

    @AfterEach
    void stop() throws Exception {
        test.close();
    }

    @Test
    void aPushIsAdoptedOnceAndOnlyWhileItsAppExists() throws Exception {
        views.push(views.app("cedar"), "http://x");
        views.push(UUID.randomUUID(), "http://x");
        assertThat(get(store.adoptPushes())).isEqualTo(1);
        assertThat(get(store.adoptPushes())).isZero();
    }

    @Test
    void buildsAreClaimedOldestFirstAndOneAtATimePerApp() throws Exception {
        UUID app = views.app("cedar");
        UUID first = views.push(app, "http://1");
        UUID second = views.push(app, "http://2");
        UUID other = views.push(views.app("cedar"), "http://3");
        get(store.adoptPushes());
        Build claimed = claim().orElseThrow();
        assertThat(claimed.id()).isEqualTo(first);
        assertThat(claimed.attempt()).isEqualTo(1);
        assertThat(claim()).map(Build::id).hasValue(other);
        assertThat(claim()).isEmpty();
        assertThat(get(store.fail(claimed, "no", "a".repeat(64)))).isTrue();
        assertThat(claim()).map(Build::id).hasValue(second);
    }

    @Test
    void manyClaimersNeverShareABuildOrAnApp() throws Exception {
        UUID app = views.app("cedar");
        for (int push = 0; push < 5; push++) {
            views.push(app, "http://" + push);
        }
        get(store.adoptPushes());
        List<Future<Optional<Build>>> claims = java.util.stream.IntStream.range(0, 8)
                .mapToObj(claimer -> store.claim("n-" + claimer, LEASE))
                .toList();
        get(Future.all(claims));
        assertThat(claims.stream().filter(claim -> claim.result().isPresent())).hasSize(1);
    }

    @Test
    void anExpiredBuildIsClaimedAgainAndItsOldHolderIsFenced() throws Exception {
        views.push(views.app("cedar"), "http://x");
        get(store.adoptPushes());
        Build old = claim().orElseThrow();
        assertThat(get(store.renew(old, LEASE))).isTrue();
        assertThat(get(store.releaseLeasesOf("n-1"))).isEqualTo(1);
        Build fresh = claim().orElseThrow();
        assertThat(fresh.attempt()).isEqualTo(2);
        assertThat(get(store.renew(old, LEASE))).isFalse();
        assertThat(get(store.succeed(old, slug("a"), "b".repeat(64)))).isFalse();
        assertThat(get(store.succeed(fresh, slug("a"), "b".repeat(64)))).isTrue();
        assertThat(count("compiler.v_slugs")).isEqualTo(1);
    }

    @Test
    void aSuccessShowsInBothViews() throws Exception {
        UUID app = views.app("cedar");
        UUID push = views.push(app, "http://x");
        get(store.adoptPushes());
        Build build = claim().orElseThrow();
        get(store.begin(build, "http://out"));
        Slug slug = slug("c");
        get(store.succeed(build, slug, "d".repeat(64)));
        var row = get(database.first(
                        "select b.*, s.process_types, s.bytes from compiler.v_builds b join compiler.v_slugs s on s.id = b.slug_id",
                        Tuple.tuple(),
                        found -> found))
                .orElseThrow();
        assertThat(row.getUUID("id")).isEqualTo(push);
        assertThat(row.getString("status")).isEqualTo("succeeded");
        assertThat(row.getString("output_url")).isEqualTo("http://out");
        assertThat(row.getUUID("slug_id")).isEqualTo(slug.id());
        assertThat(row.getJsonObject("process_types").getString("web")).isEqualTo("node .");
        assertThat(get(store.outputSha256(push))).hasValue("d".repeat(64));
    }

    @Test
    void aCancelledBuildStaysCancelledAndKeepsItsOutput() throws Exception {
        UUID push = views.push(views.app("cedar"), "http://x");
        get(store.adoptPushes());
        Build build = claim().orElseThrow();
        assertThat(get(store.cancel(push, "stopped"))).isTrue();
        assertThat(get(store.cancel(push, "stopped"))).isFalse();
        assertThat(get(store.renew(build, LEASE))).isFalse();
        assertThat(get(store.succeed(build, slug("a"), "b".repeat(64)))).isFalse();
        get(store.keepOutput(build, "e".repeat(64)));
        assertThat(get(store.outputSha256(push))).hasValue("e".repeat(64));
        assertThat(count("compiler.v_slugs")).isZero();
    }

    @Test
    void aDeletedAppLeavesOnlyTheBlobsThatOthersShare() throws Exception {
        UUID gone = views.app("cedar");
        views.push(gone, "http://x");
        views.push(views.app("cedar"), "http://y");
        get(store.adoptPushes());
        get(store.succeed(claim().orElseThrow(), slug("a"), "1".repeat(64)));
        get(store.succeed(claim().orElseThrow(), slug("a"), "2".repeat(64)));
        assertThat(get(deleted.forget())).isEmpty();
        views.deleteApp(gone);
        assertThat(get(deleted.forget())).containsExactly("1".repeat(64));
        assertThat(count("compiler.v_builds")).isEqualTo(1);
        assertThat(count("compiler.v_slugs")).isEqualTo(1);
        assertThat(get(deleted.unshared(Set.of("a".repeat(64), "f".repeat(64)))))
                .containsExactly("f".repeat(64));
    }

    @Test
    void configVarsAreDecryptedForTheBuild() throws Exception {
        AppReads apps = new AppReads(database, test.platform().keys());
        UUID app = views.app("cedar");
        assertThat(get(apps.buildVariables(app))).isEmpty();
        views.configVars(app, "{\"A\":\"1\",\"bad key\":\"2\"}");
        assertThat(get(apps.buildVariables(app))).containsExactlyEntriesOf(Map.of("A", "1"));
        assertThat(get(apps.app(app))).map(App::stack).hasValue("cedar");
        assertThat(get(apps.appIds())).containsExactly(app);
    }

    private Optional<Build> claim() throws TimeoutException {
        return get(store.claim("n-1", LEASE));
    }

    private long count(String view) throws TimeoutException {
        return get(database.first("select count(*) as n from " + view, Tuple.tuple(), row -> row.getLong("n")))
                .orElseThrow();
    }

    private static Slug slug(String digit) {
        return new Slug(
                UUID.randomUUID(),
                digit.repeat(64),
                7,
                Map.of("web", "node ."),
                "Node.js",
                "cedar",
                java.util.Optional.of("{\"name\":\"a\"}"));
    }

    private static <T> T get(Future<T> future) throws TimeoutException {
        return future.await(10, SECONDS);
    }
}
