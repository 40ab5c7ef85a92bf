package dev.celadon.manifold.agent;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewestEpochTest {
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path directory;

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(10, SECONDS);
    }

    @Test
    void anOlderLeaderIsRefusedAlsoAfterARestart() throws Exception {
        Path file = directory.resolve("manifold/epoch");
        NewestEpoch first = new NewestEpoch(vertx, file);
        first.load().await(5, SECONDS);
        first.admit(4).await(5, SECONDS);
        first.admit(4).await(5, SECONDS);
        assertThatThrownBy(() -> first.admit(3).await(5, SECONDS)).hasMessageContaining("epoch 3 is older than 4");
        assertThat(Files.readString(file)).isEqualTo("4");
        NewestEpoch second = new NewestEpoch(vertx, file);
        second.load().await(5, SECONDS);
        assertThatThrownBy(() -> second.admit(3).await(5, SECONDS)).hasMessageContaining("epoch 3 is older than 4");
        second.admit(5).await(5, SECONDS);
        assertThat(Files.readString(file)).isEqualTo("5");
    }
}
