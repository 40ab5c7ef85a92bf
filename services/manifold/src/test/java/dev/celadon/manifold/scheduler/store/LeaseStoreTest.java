package dev.celadon.manifold.scheduler.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseStoreTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void oneHolderLeadsAndTheNextHasAHigherEpoch(@TempDir Path directory) throws Exception {
        try (TestPlatform test = TestPlatform.start(directory)) {
            var database = test.platform().database();
            database.migrate("manifold");
            LeaseStore leases = new LeaseStore(database);
            assertThat(leases.acquire("scheduler", "one", LONG).await(5, SECONDS))
                    .contains(1L);
            assertThat(leases.acquire("scheduler", "two", LONG).await(5, SECONDS))
                    .isEmpty();
            assertThat(leases.acquire("scheduler", "one", LONG).await(5, SECONDS))
                    .contains(1L);
            database.execute("update manifold.leases set expires_at = now() - interval '1 s'", Tuple.tuple())
                    .await(5, SECONDS);
            assertThat(leases.acquire("scheduler", "two", LONG).await(5, SECONDS))
                    .contains(2L);
            assertThat(leases.acquire("scheduler", "one", LONG).await(5, SECONDS))
                    .isEmpty();
        }
    }
}
