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

/** Releases whose slug has a release phase, and the first deploy with an app.json. */
class ReleasePhaseTest {
    private static final String TYPES = "{\"web\":\"serve\",\"release\":\"migrate\"}";

    @TempDir
    Path directory;

    private RunningApi api;
    private String app = "";

    @BeforeEach
    void start() throws Exception {
        api = new RunningApi(directory, Map.of());
        app = api.call(201, "POST", "/apps", "{}").get("name").asText();
    }

    @AfterEach
    void stop() throws Exception {
        api.close();
    }

    @Test
    void aReleaseIsCurrentOnlyOnceItsPhaseEndedWell() throws Exception {
        api.build(app, TYPES, "null");
        JsonNode pending = release(2, "pending");
        assertThat(pending.get("output_stream_url").asText()).contains("/streams/releases/");
        assertThat(api.value("select count(*) from api.v_formation")).isEqualTo("0");
        assertThat(api.value("select name || ' ' || command from api.v_one_offs"))
                .isEqualTo("release.1 migrate");
        assertThat(api.call(409, "PATCH", "/apps/" + app + "/config-vars", "{\"A\":\"1\"}")
                        .get("message")
                        .asText())
                .contains("release phase");

        end("release.1", 0);
        JsonNode done = release(2, "succeeded");
        assertThat(done.get("current").asBoolean()).isTrue();
        assertThat(api.value("select type || quantity from api.v_formation")).isEqualTo("web1");
        assertThat(api.get("/apps/" + app + "/formation").findValuesAsText("type"))
                .containsExactly("web", "release");
    }

    @Test
    void whenThePhaseFailsTheReleaseBeforeRunsOn() throws Exception {
        api.build(app, TYPES, "null");
        release(2, "pending");
        end("release.1", 0);
        release(2, "succeeded");
        api.call(200, "PATCH", "/apps/" + app + "/config-vars", "{\"A\":\"1\"}");
        release(3, "pending");
        api.build(app, TYPES, "null");
        end("release.2", 1);
        release(3, "failed");
        assertThat(api.value("select version from api.v_formation")).isEqualTo("2");
        // What waited meanwhile is released now, with the config vars of the release that did not fail.
        release(4, "pending");
        assertThat(api.get("/apps/" + app + "/config-vars")).isEmpty();
        end("release.3", 0);
        release(4, "succeeded");
        assertThat(api.value("select version from api.v_formation")).isEqualTo("4");
    }

    @Test
    void appJsonSpeaksOnTheFirstDeployOnly() throws Exception {
        api.call(200, "PATCH", "/apps/" + app + "/config-vars", "{\"MINE\":\"kept\"}");
        String appJson = """
                {"env":{"MINE":"other","PLAIN":"p","OBJECT":{"value":"o"},"SECRET":{"generator":"secret"}},
                 "formation":{"web":{"quantity":2,"size":"standard-2X"}},"scripts":{"postdeploy":"seed"}}
                """;
        api.build(app, "{\"web\":\"serve\"}", appJson);
        release(3, "succeeded");
        JsonNode vars = api.get("/apps/" + app + "/config-vars");
        assertThat(vars.get("MINE").asText()).isEqualTo("kept");
        assertThat(vars.get("PLAIN").asText()).isEqualTo("p");
        assertThat(vars.get("OBJECT").asText()).isEqualTo("o");
        assertThat(vars.get("SECRET").asText()).hasSize(64);
        JsonNode web = api.get("/apps/" + app + "/formation/web");
        assertThat(web.get("quantity").asInt()).isEqualTo(2);
        assertThat(web.get("size").asText()).isEqualTo("standard-2X");
        assertThat(api.value("select name || ' ' || command from api.v_one_offs"))
                .isEqualTo("postdeploy.1 seed");

        api.call(200, "PATCH", "/apps/" + app + "/formation/web", "{\"quantity\":0}");
        api.build(app, "{\"web\":\"serve\"}", appJson);
        release(4, "succeeded");
        assertThat(api.get("/apps/" + app + "/formation/web").get("quantity").asInt())
                .isZero();
        assertThat(api.value("select count(*) from api.v_one_offs")).isEqualTo("1");
    }

    private JsonNode release(int version, String status) throws Exception {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.send("GET", "/apps/" + app + "/releases/" + version, "", Map.of())
                        .body()
                        .contains("\"status\":\"" + status + "\""));
        return api.get("/apps/" + app + "/releases/" + version);
    }

    private void end(String name, int status) throws Exception {
        String id = api.value("select id from api.one_offs where name = $1", name);
        api.execute(
                "insert into manifold.v_one_off_ends (id, exit_status) values ($1, $2)", UUID.fromString(id), status);
    }
}
