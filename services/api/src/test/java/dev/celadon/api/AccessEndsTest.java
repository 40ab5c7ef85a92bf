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

/** What a token has opened ends with the token; what it has begun by itself goes on. */
class AccessEndsTest {
    @TempDir
    Path directory;

    private RunningApi api;
    private String operator;
    private String dynos;
    private String ann;

    @BeforeEach
    void start() throws Exception {
        api = new RunningApi(directory, Map.of());
        operator = api.token();
        ann = api.account("ann@example.com");
        String app = api.call(201, "POST", "/apps", "{\"name\":\"shared\"}")
                .get("id")
                .asText();
        dynos = "/apps/" + app + "/dynos";
        api.call(201, "POST", "/apps/" + app + "/collaborators", "{\"user\":\"ann@example.com\"}");
        api.build(app, "{\"web\":\"run\"}", "null");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.get("/apps/" + app + "/releases").size() == 2);
    }

    @AfterEach
    void stop() throws Exception {
        api.close();
    }

    @Test
    void aRevokedTokensTerminalIsClosedAndNoOther() throws Exception {
        String authorization = authorization();
        String closed = terminal();
        api.call(201, "POST", dynos, "{\"command\":\"report\"}");
        api.use(operator);
        terminal();
        api.call(200, "DELETE", "/oauth/authorizations/" + authorization, "");
        awaitClosed(closed);
    }

    @Test
    void aRotatedTokensTerminalIsClosed() throws Exception {
        String authorization = authorization();
        String closed = terminal();
        api.use(operator);
        api.call(201, "POST", "/oauth/authorizations/" + authorization + "/actions/regenerate-tokens", "");
        awaitClosed(closed);
    }

    @Test
    void aRemovedCollaboratorsTerminalIsClosedAndItsTokenOpensNoLogs() throws Exception {
        api.use(ann);
        String closed = terminal();
        assertThat(openings()).isEqualTo("1");
        api.use(operator);
        api.call(200, "DELETE", dynos.replace("/dynos", "/collaborators/ann@example.com"), "");
        awaitClosed(closed);
        assertThat(openings()).isEqualTo("0");
    }

    /** A token of the operator's, used from now on. */
    private String authorization() throws Exception {
        JsonNode made = api.call(201, "POST", "/oauth/authorizations", "{\"description\":\"for ci\"}");
        api.use(made.at("/access_token/token").asText());
        return made.get("id").asText();
    }

    private String terminal() throws Exception {
        return api.call(201, "POST", dynos, "{\"attach\":true,\"command\":\"bash\"}")
                .get("id")
                .asText();
    }

    private String openings() throws Exception {
        return api.value("""
                select count(*) from api.v_openings v join api.tokens t on t.token_id = v.token_id
                join api.accounts a on a.id = t.account_id where a.email = 'ann@example.com'
                """);
    }

    private void awaitClosed(String dyno) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.value(
                                "select id from api.v_one_offs where stop_requested_at is not null and id = $1",
                                UUID.fromString(dyno))
                        .equals(dyno));
        await().untilAsserted(() -> assertThat(
                        api.value("select count(*) from api.v_one_offs where stop_requested_at is not null"))
                .isEqualTo("1"));
    }
}
