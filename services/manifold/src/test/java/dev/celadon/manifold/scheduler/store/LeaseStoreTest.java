package dev.celadon.manifold.scheduler.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseStoreTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final UUID ONE = UUID.randomUUID();
    private static final UUID TWO = UUID.randomUUID();

    @Test
    void oneHolderLeadsAndTheNextHasAHigherEpoch(@TempDir Path directory) throws Exception {
        try (TestPlatform test = TestPlatform.start(directory)) {
            var database = test.platform().database();
            database.migrate("manifold");
            LeaseStore leases = new LeaseStore(database);
            assertThat(acquire(leases, "one", ONE)).contains(1L);
            assertThat(acquire(leases, "two", TWO)).isEmpty();
            assertThat(acquire(leases, "one", ONE)).contains(1L);
            database.execute("update manifold.leases set expires_at = now() - interval '1 s'", Tuple.tuple())
                    .await(5, SECONDS);
            assertThat(acquire(leases, "two", TWO)).contains(2L);
            assertThat(acquire(leases, "one", ONE)).isEmpty();
            leases.release("scheduler", TWO).await(5, SECONDS);
            assertThat(acquire(leases, "one", ONE)).contains(3L);
        }
    }

    @Test
    void aNewProcessOfTheSameNodeTakesOverAtOnceAsAnotherLeader(@TempDir Path directory) throws Exception {
        try (TestPlatform test = TestPlatform.start(directory)) {
            test.platform().database().migrate("manifold");
            LeaseStore leases = new LeaseStore(test.platform().database());
            assertThat(acquire(leases, "one", ONE)).contains(1L);
            assertThat(acquire(leases, "one", TWO)).contains(2L);
        }
    }

    private static Optional<Long> acquire(LeaseStore leases, String holder, UUID incarnation) throws Exception {
        return leases.acquire("scheduler", holder, incarnation, LONG).await(5, SECONDS);
    }
}
