package dev.celadon.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, SECONDS);
    }

    @Test
    void dataOutlivesTheServerAndNobodyEntersWithoutThePassword() throws Exception {
        try (EmbeddedPostgres first = EmbeddedPostgres.start(directory)) {
            run(first.url(), "create table kept (n int)");
        }
        try (EmbeddedPostgres second = EmbeddedPostgres.start(directory)) {
            run(second.url(), "insert into kept values (1)");
            assertThat(show(second.url(), "fsync")).isEqualTo("on");
            assertThat(show(second.url(), "synchronous_commit")).isEqualTo("on");
            String guess = second.url().replaceFirst(":[0-9a-f]+@", ":guess@");
            assertThatThrownBy(() -> run(guess, "select 1")).hasMessageContaining("password authentication failed");
        }
    }

    private void run(String url, String sql) throws Exception {
        Database database = new Database(vertx, url, 1);
        try {
            database.execute(sql, Tuple.tuple()).await(10, SECONDS);
        } finally {
            database.close().await(10, SECONDS);
        }
    }

    private String show(String url, String setting) throws Exception {
        Database database = new Database(vertx, url, 1);
        try {
            return database.first("show " + setting, Tuple.tuple(), row -> row.getString(0))
                    .await(10, SECONDS)
                    .orElseThrow();
        } finally {
            database.close().await(10, SECONDS);
        }
    }
}
