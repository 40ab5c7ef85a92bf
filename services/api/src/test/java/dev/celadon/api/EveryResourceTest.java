package dev.celadon.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.runtime.LocalCa;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every link of the schema is asked once with success, and each answer held against it. */
class EveryResourceTest implements AccountAndAppResources {
    /** Asked where a person is in the middle, or answered with 404 by nature. */
    private static final Set<String> ELSEWHERE = Set.of("GET /auth/:login", "POST /auth", "DELETE /oauth/sessions/~");

    @TempDir
    static Path directory;

    static RunningApi api;
    static String operator;

    @BeforeAll
    static void start() throws Exception {
        api = new RunningApi(directory, Map.of());
        operator = api.token();
    }

    @AfterAll
    static void everyLinkWasAsked() throws Exception {
        try (RunningApi ended = api) {
            Set<String> links = new HashSet<>(ended.schema().routes());
            assertThat(ended.service().mounted()).containsExactlyInAnyOrderElementsOf(links);
            links.removeAll(ended.exercised());
            links.removeAll(ELSEWHERE);
            assertThat(links).as("links that no test asked").isEmpty();
        }
    }

    @BeforeEach
    void asOperator() {
        api.use(operator);
    }

    @Test
    void configReleasesAndRollback() throws Exception {
        String app = app();
        String path = "/apps/" + app;
        api.call(200, "PATCH", path + "/config-vars", "{\"A\":\"1\",\"ERROR_PAGE_URL\":\"http://e\"}");
        assertThat(api.get(path + "/config-vars").get("A").asText()).isEqualTo("1");
        assertThat(api.get(path + "/routing").get("error_page_url").asText()).isEqualTo("http://e");
        assertThat(api.get(path + "/releases/v1/config-vars")).isEmpty();
        api.build(app, "{\"web\":\"run\"}", "null");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.get(path + "/releases").size() == 3);
        api.call(200, "PATCH", path + "/config-vars", "{\"A\":null}");
        JsonNode release = api.get(path + "/releases/3");
        assertThat(release.get("status").asText()).isEqualTo("succeeded");
        api.get(path + "/slugs/" + release.at("/slug/id").asText());
        JsonNode rolled = api.call(
                201,
                "POST",
                path + "/releases",
                "{\"release\":\"" + release.get("id").asText() + "\"}");
        assertThat(rolled.get("description").asText()).isEqualTo("Rollback to v3");
        assertThat(api.get(path + "/config-vars").get("A").asText()).isEqualTo("1");
        api.call(
                201,
                "POST",
                path + "/releases",
                "{\"slug\":\"" + release.at("/slug/id").asText() + "\",\"description\":\"again\"}");
        api.call(422, "POST", path + "/releases", "{\"slug\":\"" + UUID.randomUUID() + "\"}");
        api.call(422, "POST", path + "/releases", "{}");
    }

    @Test
    void formationAndDynos() throws Exception {
        String app = app();
        String path = "/apps/" + app;
        assertThat(api.get(path + "/formation")).isEmpty();
        api.call(422, "POST", path + "/dynos", "{\"command\":\"ls\"}");
        api.build(app, "{\"web\":\"run\",\"worker\":\"work hard\"}", "null");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.get(path + "/formation").size() == 2);
        JsonNode scaled = api.call(
                200,
                "PATCH",
                path + "/formation",
                "{\"updates\":[{\"type\":\"web\",\"quantity\":\"+1\",\"size\":\"Standard-2X\"},{\"type\":\"worker\",\"quantity\":3}]}");
        assertThat(scaled.findValuesAsText("quantity")).containsExactly("2", "3");
        api.call(200, "PATCH", path + "/formation/web", "{\"quantity\":\"-1\"}");
        assertThat(api.get(path + "/formation/web").get("quantity").asInt()).isEqualTo(1);
        api.call(422, "PATCH", path + "/formation/web", "{\"quantity\":\"1000\"}");
        api.call(422, "PATCH", path + "/formation/web", "{\"size\":\"huge\"}");

        UUID dyno = UUID.randomUUID();
        api.execute("""
                insert into manifold.v_dynos (id, app_id, name, type, release_version, command, state, size)
                select $1, id, 'web.1', 'web', 2, 'run', 'up', 'Standard-2X' from api.apps where name = $2
                """, dyno, app);
        JsonNode attached = api.call(
                201,
                "POST",
                path + "/dynos",
                "{\"attach\":true,\"command\":\"worker now\",\"env\":{\"TERM\":\"xterm\",\"COLUMNS\":80}}");
        assertThat(attached.get("name").asText()).isEqualTo("run.1");
        assertThat(attached.get("command").asText()).isEqualTo("work hard now");
        assertThat(attached.get("attach_url").asText()).matches("rendezvous://127.0.0.1:5000/[0-9a-f]{64}");
        assertThat(api.call(201, "POST", path + "/dynos", "{\"command\":\"ls\"}")
                        .get("name")
                        .asText())
                .isEqualTo("run.2");
        api.call(201, "POST", path + "/dynos/web.1", "{\"command\":\"bash\"}");
        assertThat(api.get(path + "/dynos").findValuesAsText("name")).contains("web.1", "run.1", "run.2");
        assertThat(api.get(path + "/dynos/" + dyno).get("name").asText()).isEqualTo("web.1");
        api.call(404, "GET", path + "/dynos/web.9", "");
        api.call(202, "DELETE", path + "/dynos", "");
        api.call(202, "DELETE", path + "/dynos/web.1", "");
        api.call(404, "DELETE", path + "/dynos/web.9", "");
        api.call(202, "DELETE", path + "/formations/web", "");
        api.call(202, "POST", path + "/formations/web/actions/stop", "");
        api.call(202, "POST", path + "/dynos/run.1/actions/stop", "");
        assertThat(api.value("select name from api.v_one_offs where stop_requested_at is not null"))
                .isEqualTo("run.1");
        api.execute(
                "insert into manifold.v_one_off_ends (id, exit_status) values ($1, 0)",
                UUID.fromString(attached.get("id").asText()));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !api.get(path + "/dynos").findValuesAsText("name").contains("run.1"));
        api.call(201, "POST", path + "/log-sessions", "{\"lines\":\"10\"}");
        api.call(201, "POST", path + "/log-session", "{}");
    }

    @Test
    void jobs() throws Exception {
        String path = "/apps/" + app() + "/jobs";
        JsonNode job = api.call(
                201,
                "POST",
                path,
                "{\"command\":\"clean\",\"schedule\":\"every hour at :20\",\"size\":\"standard-2X\"}");
        String one = path + "/" + job.get("id").asText();
        assertThat(api.get(path)).hasSize(1);
        assertThat(api.get(one).get("schedule").asText()).isEqualTo("every hour at :20");
        assertThat(api.call(200, "PATCH", one, "{\"schedule\":\"5 4 * * sun\",\"catch_up\":\"skip\"}")
                        .get("catch_up")
                        .asText())
                .isEqualTo("skip");
        assertThat(api.get(one + "/runs")).isEmpty();
        api.call(200, "DELETE", one, "");
        assertThat(api.get(path)).isEmpty();
    }

    @Test
    void drainsAndBuildpacks() throws Exception {
        String path = "/apps/" + app();
        String url = "syslog+tls://logs.example.com:6514";
        JsonNode drain = api.call(201, "POST", path + "/log-drains", "{\"url\":\"" + url + "\"}");
        assertThat(drain.get("token").asText()).startsWith("d.");
        assertThat(api.value("select url from api.v_drains")).isEqualTo(url);
        api.call(422, "POST", path + "/log-drains", "{\"url\":\"" + url + "\"}");
        api.call(422, "POST", path + "/log-drains", "{\"url\":\"ftp://x\"}");
        api.get(path + "/log-drains");
        api.get(path + "/log-drains/" + drain.get("token").asText());
        api.call(200, "DELETE", path + "/log-drains/" + encoded(url), "");

        String buildpacks = path + "/buildpack-installations";
        JsonNode set = api.call(
                200,
                "PUT",
                buildpacks,
                "{\"updates\":[{\"buildpack\":\"heroku/nodejs\"},{\"buildpack\":\"https://example.com/bp.git#v2\"}]}");
        assertThat(set.findValuesAsText("url"))
                .containsExactly("urn:buildpack:heroku/nodejs", "https://example.com/bp.git#v2");
        assertThat(api.value("select string_agg(url, ' ' order by ordinal) from api.v_buildpacks"))
                .isEqualTo("heroku/nodejs https://example.com/bp.git#v2");
        api.call(422, "PUT", buildpacks, "{\"updates\":[{\"buildpack\":\"heroku/cobol\"}]}");
        api.call(200, "PUT", buildpacks, "{\"updates\":[]}");
        assertThat(api.get(buildpacks)).isEmpty();
    }

    @Test
    void buildsFromSources() throws Exception {
        String app = app();
        String path = "/apps/" + app;
        api.call(201, "POST", path + "/sources", "");
        JsonNode source = api.call(201, "POST", "/sources", "").get("source_blob");
        String put = source.get("put_url").asText().substring(api.base().length());
        String get = source.get("get_url").asText().substring(api.base().length());
        assertThat(api.send("GET", get, "", Map.of()).statusCode()).isEqualTo(404);
        assertThat(api.send("PUT", put, "tarball", Map.of()).statusCode()).isEqualTo(200);
        assertThat(api.send("GET", get, "", Map.of()).body()).isEqualTo("tarball");
        assertThat(api.send("PUT", get, "tarball", Map.of()).statusCode()).isEqualTo(404);
        JsonNode build = api.call(
                201,
                "POST",
                path + "/builds",
                "{\"source_blob\":{\"url\":\"" + api.base() + get + "\",\"version\":\"v7\",\"checksum\":\"SHA256:"
                        + "0".repeat(64) + "\"}}");
        assertThat(build.get("status").asText()).isEqualTo("pending");
        assertThat(api.value("select commit_sha from api.v_build_requests")).isEqualTo("v7");
        api.get(path + "/builds");
        String output =
                build.get("output_stream_url").asText().substring(api.base().length());
        assertThat(api.send("GET", output, "", Map.of()).statusCode()).isEqualTo(404);
        api.call(422, "POST", path + "/builds", "{\"source_blob\":{\"url\":\"file:///etc/passwd\"}}");
        api.call(422, "POST", path + "/builds", "{}");
        String one = path + "/builds/" + build.get("id").asText();
        assertThat(api.call(200, "DELETE", one, "").get("status").asText()).isEqualTo("failed");
        api.get(one);
        assertThat(api.value("select count(*) from api.v_build_requests")).isEqualTo("0");
    }

    @Test
    void domainsAndCertificates() throws Exception {
        String path = "/apps/" + app();
        String domain = api.call(
                        201, "POST", path + "/domains", "{\"hostname\":\"WWW.Example.com\",\"sni_endpoint\":null}")
                .get("id")
                .asText();
        api.call(422, "POST", path + "/domains", "{\"hostname\":\"www.example.com\"}");
        api.call(422, "POST", path + "/domains", "{\"hostname\":\"other.localhost\"}");
        api.call(422, "POST", path + "/domains", "{\"hostname\":\"not a host\"}");
        assertThat(api.value("select count(*) from api.v_hosts where host = 'www.example.com'"))
                .isEqualTo("1");
        LocalCa.Leaf leaf = api.platform().platform().ca().issue(List.of("www.example.com"));
        LocalCa.Leaf other = api.platform().platform().ca().issue(List.of("www.example.com"));
        JsonNode endpoint = api.call(201, "POST", path + "/sni-endpoints", pair(leaf.certificatePem(), leaf.keyPem()));
        assertThat(endpoint.get("domains").get(0).asText()).isEqualTo(domain);
        assertThat(endpoint.toString()).doesNotContain("PRIVATE KEY");
        assertThat(api.call(422, "POST", path + "/sni-endpoints", pair(leaf.certificatePem(), other.keyPem()))
                        .get("message")
                        .asText())
                .contains("private_key");
        api.call(422, "POST", path + "/sni-endpoints", pair("nonsense", other.keyPem()));
        String one = path + "/sni-endpoints/" + endpoint.get("name").asText();
        api.get(path + "/sni-endpoints");
        api.get(one);
        api.call(200, "PATCH", one, pair(other.certificatePem(), other.keyPem()));
        api.get(path + "/domains");
        assertThat(api.get(path + "/domains/www.example.com")
                        .at("/sni_endpoint/name")
                        .asText())
                .isEqualTo(endpoint.get("name").asText());
        api.call(200, "PATCH", path + "/domains/" + domain, "{\"sni_endpoint\":null}");
        api.call(200, "DELETE", one, "");
        assertThat(api.call(200, "POST", path + "/acm", "").get("acm").asBoolean())
                .isTrue();
        await().untilAsserted(() -> assertThat(api.get(path + "/domains/www.example.com")
                        .get("acm_status")
                        .asText())
                .isEqualTo("cert issued"));
        api.call(200, "PATCH", path + "/acm", "");
        api.call(200, "DELETE", path + "/acm", "");
        assertThat(api.get(path + "/sni-endpoints")).isEmpty();
        api.call(200, "DELETE", path + "/domains/www.example.com", "");
        assertThat(api.value("select count(*) from api.v_hosts where host = 'www.example.com'"))
                .isEqualTo("0");
    }

    @Test
    void pipelinesCopyTheSlug() throws Exception {
        String from = app();
        String to = app();
        String fromId = api.get("/apps/" + from).get("id").asText();
        String toId = api.get("/apps/" + to).get("id").asText();
        api.call(200, "PATCH", "/apps/" + to + "/config-vars", "{\"OWN\":\"1\"}");
        String pipeline = api.call(201, "POST", "/pipelines", "{\"name\":\"the-line\"}")
                .get("id")
                .asText();
        api.call(404, "GET", "/apps/" + from + "/pipeline-couplings", "");
        String coupling = couple(fromId, pipeline, "staging");
        couple(toId, pipeline, "production");
        api.get("/pipelines");
        assertThat(api.get("/pipelines?eq%5Bname%5D=the-line")).hasSize(1);
        api.get("/pipelines/the-line");
        api.get("/pipeline-couplings");
        api.get("/users/~/pipeline-couplings");
        api.get("/pipelines/" + pipeline + "/pipeline-couplings");
        api.get("/apps/" + from + "/pipeline-couplings");
        api.get("/pipeline-couplings/" + coupling);
        api.call(200, "PATCH", "/pipeline-couplings/" + coupling, "{\"stage\":\"development\"}");
        String promote =
                "{\"pipeline\":{\"id\":\"%s\"},\"source\":{\"app\":{\"id\":\"%s\"}},\"targets\":[{\"app\":{\"id\":\"%s\"}}]}"
                        .formatted(pipeline, fromId, toId);
        api.call(422, "POST", "/pipeline-promotions", promote);
        api.build(from, "{\"web\":\"run\"}", "null");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.get("/apps/" + from + "/releases").size() == 2);
        String promotion =
                api.call(201, "POST", "/pipeline-promotions", promote).get("id").asText();
        assertThat(api.get("/pipeline-promotions/" + promotion).get("status").asText())
                .isEqualTo("completed");
        JsonNode target = api.get("/pipeline-promotions/" + promotion + "/promotion-targets")
                .get(0);
        assertThat(target.get("status").asText()).as(target.toString()).isEqualTo("succeeded");
        assertThat(api.get("/apps/" + to + "/formation").get(0).get("command").asText())
                .isEqualTo("run");
        assertThat(api.get("/apps/" + to + "/config-vars").get("OWN").asText()).isEqualTo("1");
        api.call(200, "DELETE", "/pipeline-couplings/" + coupling, "");
        api.call(200, "PATCH", "/pipelines/" + pipeline, "{\"name\":\"other-line\"}");
        api.call(200, "DELETE", "/pipelines/" + pipeline, "{\"name\":\"other-line\"}");
        handOver();
    }

    @Test
    void webhooksAndTheAuditTrail() throws Exception {
        String app = app();
        String path = "/apps/" + app;
        JsonNode hook = api.call(
                201,
                "POST",
                path + "/webhooks",
                "{\"include\":[\"api:domain\"],\"level\":\"notify\",\"url\":\"http://127.0.0.1:1/hook\"}");
        String one = path + "/webhooks/" + hook.get("id").asText();
        api.get(path + "/webhooks");
        api.get(one);
        api.call(200, "PATCH", one, "{\"level\":\"notify\",\"secret\":null}");
        api.call(
                422,
                "POST",
                path + "/webhooks",
                "{\"include\":[\"api:moon\"],\"level\":\"sync\",\"url\":\"http://x\"}");
        api.call(201, "POST", path + "/domains", "{\"hostname\":\"hooked.example.com\"}");
        String deliveries = path + "/webhook-deliveries";
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.get(deliveries).path(0).path("status").asText().equals("failed"));
        JsonNode delivery = api.get(deliveries).get(0);
        api.get(deliveries + "/" + delivery.get("id").asText());
        JsonNode event = api.get(path + "/webhook-events").get(0);
        assertThat(event.at("/payload/data/hostname").asText()).isEqualTo("hooked.example.com");
        api.get(path + "/webhook-events/" + event.get("id").asText());
        api.call(200, "DELETE", one, "");

        api.call(200, "PATCH", path + "/config-vars", "{\"SECRET_NAME\":\"a-secret-value\"}");
        JsonNode trail = api.get(path + "/audit-events");
        assertThat(trail.findValuesAsText("action"))
                .contains("PATCH /apps/:app/config-vars", "POST /apps/:app/domains");
        assertThat(trail.toString()).contains("SECRET_NAME").doesNotContain("a-secret-value");
        api.get("/audit-events");
    }

    private static String couple(String app, String pipeline, String stage) throws Exception {
        return api.call(
                        201,
                        "POST",
                        "/pipeline-couplings",
                        "{\"app\":\"%s\",\"pipeline\":\"%s\",\"stage\":\"%s\"}".formatted(app, pipeline, stage))
                .get("id")
                .asText();
    }

    static String app() throws Exception {
        return api.call(201, "POST", "/apps", "{}").get("name").asText();
    }

    private static String pair(String chain, String key) {
        return "{\"certificate_chain\":\"" + chain.replace("\r", "").replace("\n", "\\n") + "\",\"private_key\":\""
                + key.replace("\n", "\\n").replace("\r", "") + "\"}";
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void handOver() throws Exception {
        String app = api.call(201, "POST", "/apps", "{}").get("id").asText();
        String line = api.call(201, "POST", "/pipelines", "{\"name\":\"handed-over\"}")
                .get("id")
                .asText();
        api.call(
                201,
                "POST",
                "/pipeline-couplings",
                "{\"app\":\"" + app + "\",\"pipeline\":\"" + line + "\",\"stage\":\"staging\"}");
        String eve = api.account("eve@example.com");
        String id = api.get("/users/eve@example.com").get("id").asText();
        String body =
                "{\"pipeline\":{\"id\":\"" + line + "\"},\"new_owner\":{\"id\":\"" + id + "\",\"type\":\"user\"}}";
        api.call(201, "POST", "/pipeline-transfers", body);
        assertThat(api.get("/apps/" + app).at("/owner/email").asText()).isEqualTo("eve@example.com");
        api.call(403, "POST", "/pipeline-transfers", body);
        api.use(eve);
        api.call(200, "PATCH", "/pipelines/handed-over", "{\"name\":\"taken-over\"}");
        api.use(operator);
    }
}
