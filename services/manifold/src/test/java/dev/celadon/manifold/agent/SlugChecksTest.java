package dev.celadon.manifold.agent;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.celadon.contract.DynoError;
import dev.celadon.runtime.BlobStore;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlugChecksTest {
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path directory;

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(10, SECONDS);
    }

    @Test
    void aSlugDamagedAfterItsCheckIsAChecksumErrorWhenLookedAtAgain() throws Exception {
        BlobStore blobs = new BlobStore(vertx, directory.resolve("blobs"));
        Path file = Files.writeString(
                Files.createDirectories(directory.resolve("blobs")).resolve("new"), "a slug");
        String sha256 = blobs.put(file).await(5, SECONDS).sha256();
        SlugChecks checks = new SlugChecks(blobs);
        checks.check(sha256).await(5, SECONDS);
        Files.writeString(blobs.path(sha256), "damaged");
        checks.check(sha256).await(5, SECONDS);
        assertThat(catchThrowable(() -> checks.recheck(sha256).await(5, SECONDS)))
                .isInstanceOfSatisfying(
                        StartRefused.class,
                        refused -> assertThat(refused.error()).isEqualTo(DynoError.R17));
        Files.delete(blobs.path(sha256));
        assertThat(catchThrowable(() -> checks.check(sha256).await(5, SECONDS))).isInstanceOf(StartRefused.class);
    }
}
