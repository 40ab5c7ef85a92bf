package dev.celadon.manifold.oneoffs;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.DynoReport;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.OneOffReports;
import dev.celadon.manifold.oneoffs.domain.OneOff;
import dev.celadon.manifold.oneoffs.domain.Wish;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneOffStoreTest {
    private static final String NODE = "n-1";
    private static final String HASH = "ab".repeat(32);

    private TestPlatform test;
    private Database database;
    private OneOffStore store;
    private UUID id;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        test = TestPlatform.start(directory);
        database = test.platform().database();
        database.migrate("manifold");
        store = new OneOffStore(database);
        id = UUID.randomUUID();
    }

    @AfterEach
    void stop() throws Exception {
        test.close();
    }

    @Test
    void anEndIsRecordedOnceHoweverOftenItIsTold() throws Exception {
        place();
        assertThat(tell(DynoState.UP, null)).hasSize(1);
        assertThat(tell(DynoState.UP, null)).isEmpty();
        assertThat(tell(DynoState.DOWN, 7)).hasSize(1);
        assertThat(tell(DynoState.DOWN, 8)).isEmpty();
        assertThat(done(store.end(id, null, "R99"))).isZero();
        assertThat(ends()).containsExactly("7 null");
        assertThat(done(store.running())).isEmpty();
    }

    @Test
    void itIsPlacedOnceAndAnewOnlyIfItsNodeRefused() throws Exception {
        place();
        assertThat(done(store.place(wish(), "n-2", 512))).isZero();
        assertThat(done(store.running())).extracting(OneOff::nodeId).containsExactly(NODE);
        assertThat(done(store.unplace(id))).isOne();
        place();
        tell(DynoState.STARTING, null);
        assertThat(done(store.unplace(id))).isZero();
    }

    @Test
    void whatItsNodeDoesNotHaveIsLostOnceTheOrderHadTimeToArrive() throws Exception {
        place();
        done(store.apply(new OneOffReports(NODE, 5_000, List.of())));
        assertThat(ends()).isEmpty();
        done(database.execute("update manifold.one_offs set created_at = now() - interval '16 s'", Tuple.tuple()));
        done(store.apply(new OneOffReports("n-2", 5_000, List.of())));
        assertThat(ends()).isEmpty();
        done(store.apply(new OneOffReports(NODE, 5_000, List.of())));
        assertThat(ends()).containsExactly("null R99");
    }

    @Test
    void aNodeLearnsWhichOfItsDynosNobodyWaitsFor() throws Exception {
        place();
        UUID stranger = UUID.randomUUID();
        OneOffReports reports = new OneOffReports(
                NODE, 5_000, List.of(report(id, DynoState.UP, null), report(stranger, DynoState.UP, null)));
        assertThat(done(store.unknown(reports))).containsExactly(stranger);
    }

    @Test
    void aSecretLeadsToTheNodeAndItsPort() throws Exception {
        assertThat(done(store.bySecret(HASH))).isEmpty();
        place();
        assertThat(done(store.bySecret(HASH)))
                .map(OneOffStore.Place::terminalPort)
                .isEmpty();
        done(store.apply(new OneOffReports(NODE, 5_001, List.of(report(id, DynoState.STARTING, null)))));
        assertThat(done(store.bySecret(HASH))).contains(new OneOffStore.Place(NODE, 5_001, "bash", false, null));
        done(store.end(id, null, "R13"));
        assertThat(done(store.bySecret(HASH))).contains(new OneOffStore.Place(NODE, 5_001, "bash", true, "R13"));
    }

    private void place() throws Exception {
        assertThat(done(store.place(wish(), NODE, 512))).isOne();
    }

    private Wish wish() {
        return new Wish(id, id, "app", "run.1", 2, "slug", "bash", "cedar", 512, false, false, HASH, null);
    }

    private List<DynoReport> tell(DynoState state, @Nullable Integer exitStatus) throws Exception {
        return done(store.apply(new OneOffReports(NODE, 5_000, List.of(report(id, state, exitStatus)))));
    }

    private static DynoReport report(UUID id, DynoState state, @Nullable Integer exitStatus) {
        return new DynoReport(id, id, "run.1", state, null, 0, Instant.EPOCH, exitStatus, null);
    }

    private List<String> ends() throws Exception {
        return done(database.list(
                "select exit_status, cause from manifold.v_one_off_ends",
                Tuple.tuple(),
                row -> row.getInteger("exit_status") + " " + row.getString("cause")));
    }

    private static <T> T done(Future<T> future) throws Exception {
        return future.await(5, SECONDS);
    }
}
