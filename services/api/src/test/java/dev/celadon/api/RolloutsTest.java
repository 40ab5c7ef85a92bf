package dev.celadon.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the API makes of releases that did not come up, and of those that crashed soon after. */
class RolloutsTest {
    @TempDir
    Path directory;

    private RunningApi api;
    private String path = "";
    private UUID app = new UUID(0, 0);

    @BeforeEach
    void start() throws Exception {
        api = new RunningApi(directory, Map.of());
        JsonNode made = api.call(201, "POST", "/apps", "{}");
        app = UUID.fromString(made.get("id").asText());
        path = "/apps/" + made.get("name").asText();
        api.build(made.get("name").asText(), "{\"web\":\"serve\",\"worker\":\"work\"}", "null");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.get(path + "/releases").size() == 2);
        api.call(200, "PATCH", path + "/formation/worker", "{\"quantity\":2}");
        api.build(made.get("name").asText(), "{\"web\":\"serve\"}", "null");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.get(path + "/releases").size() == 3);
    }

    @AfterEach
    void stop() throws Exception {
        api.close();
    }

    @Test
    void aReleaseThatDidNotComeUpHasFailedAndTheOneBeforeIsCurrentWithItsFormation() throws Exception {
        rollout(3, "failed", "web.1 exited with status 1", 2, 0);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> release(3).get("status").asText().equals("failed"));
        assertThat(release(3).get("description").asText()).endsWith(" (failed: web.1 exited with status 1)");
        assertThat(release(2).get("current").asBoolean()).isTrue();
        assertThat(api.value("select string_agg(type || quantity, ' ' order by type) from api.v_formation"))
                .isEqualTo("web1 worker2");
    }

    @Test
    void aReleaseThatCrashedIsTakenBackOnce() throws Exception {
        rollout(3, "crashed", "web.1 crashed twice", 3, 2);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> api.get(path + "/releases").size() == 4);
        JsonNode back = release(4);
        assertThat(back.get("description").asText()).isEqualTo("Rollback to v2 (automatic)");
        assertThat(back.at("/slug/id")).isEqualTo(release(2).at("/slug/id"));
        assertThat(back.get("current").asBoolean()).isTrue();
        rollout(4, "crashed", "web.1 crashed twice", 4, 3);
        api.call(200, "PATCH", path + "/config-vars", "{\"A\":\"1\"}");
        assertThat(api.get(path + "/releases")).hasSize(5);
        assertThat(release(5).get("description").asText()).isEqualTo("Set A config vars");
    }

    private JsonNode release(int version) throws Exception {
        return api.get(path + "/releases/" + version);
    }

    private void rollout(int version, String state, String reason, int live, int previous) throws Exception {
        api.execute("delete from manifold.v_rollouts");
        api.execute(
                "insert into manifold.v_rollouts values ($1, $2, $3, $4, $5, nullif($6, 0))",
                app,
                version,
                state,
                reason,
                live,
                previous);
    }
}
