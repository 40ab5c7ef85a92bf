package dev.celadon.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every request: ids, tags, ranges, versions, errors, limits, logins. */
class ConventionsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    private static RunningApi api;

    @BeforeAll
    static void start() throws Exception {
        api = new RunningApi(directory, Map.of());
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    @Test
    void aLongListComesInPartsThatNameTheNext() throws Exception {
        String app = api.call(201, "POST", "/apps", "{}").get("name").asText();
        String path = "/apps/" + app + "/releases";
        for (int i = 0; i < 6; i++) {
            api.call(200, "PATCH", "/apps/" + app + "/config-vars", "{\"N\":\"" + i + "\"}");
        }
        HttpResponse<String> newest = api.send("GET", path, "", Map.of("Range", "version ..; max=2, order=desc"));
        assertThat(newest.statusCode()).isEqualTo(206);
        assertThat(versions(newest)).isEqualTo("[7, 6]");
        assertThat(newest.headers().firstValue("Content-Range")).contains("version 7..6");
        assertThat(newest.headers().firstValue("Accept-Ranges").orElse("")).contains("version");
        String next = newest.headers().firstValue("Next-Range").orElseThrow();
        assertThat(versions(api.send("GET", path, "", Map.of("Range", next)))).isEqualTo("[5, 4]");
        assertThat(versions(api.send("GET", path, "", Map.of("Range", "version 2..4;"))))
                .isEqualTo("[2, 3, 4]");
        assertThat(api.send("GET", path, "", Map.of("Range", "")).statusCode()).isEqualTo(200);
        assertThat(api.send("GET", path, "", Map.of("Range", "nonsense")).statusCode())
                .isEqualTo(200);
        assertThat(api.send("GET", path, "", Map.of("Range", "version ..; max=5000"))
                        .statusCode())
                .isEqualTo(416);
        assertThat(versions(api.send("GET", path, "", Map.of()))).isEqualTo("[1, 2, 3, 4, 5, 6, 7]");
    }

    @Test
    void tagsSayWhetherSomethingChanged() throws Exception {
        String path =
                "/apps/" + api.call(201, "POST", "/apps", "{}").get("name").asText();
        String tag =
                api.send("GET", path, "", Map.of()).headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> known = api.send("GET", path, "", Map.of("If-None-Match", "W/" + tag));
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
        String change = "{\"maintenance\":true}";
        assertThat(api.send("PATCH", path, change, Map.of("If-Match", "\"other\""))
                        .statusCode())
                .isEqualTo(412);
        assertThat(api.get(path).get("maintenance").asBoolean()).isFalse();
        assertThat(api.send("PATCH", path, change, Map.of("If-Match", tag)).statusCode())
                .isEqualTo(200);
        assertThat(api.send("PATCH", path, change, Map.of("If-Match", tag)).statusCode())
                .isEqualTo(412);
    }

    @Test
    void everyVariantOfVersionThreeIsServedAndNoOther() throws Exception {
        for (String version : new String[] {"3", "3.sdk", "3.pipelines", "3.run-inside"}) {
            assertThat(api.send("GET", "/apps", "", Map.of("Accept", "application/vnd.heroku+json; version=" + version))
                            .statusCode())
                    .isEqualTo(200);
        }
        HttpResponse<String> foreign =
                api.send("GET", "/apps", "", Map.of("Accept", "application/vnd.heroku+json; version=2"));
        assertThat(foreign.statusCode()).isEqualTo(406);
        assertThat(foreign.body()).contains("not_acceptable");
        assertThat(api.send("GET", "/apps", "", Map.of("Accept", "*/*")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void methodsCanBeOverriddenAndBrowsersMayAsk() throws Exception {
        String path =
                "/apps/" + api.call(201, "POST", "/apps", "{}").get("name").asText();
        HttpResponse<String> changed =
                api.send("POST", path, "{\"maintenance\":true}", Map.of("X-Http-Method-Override", "patch"));
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(api.get(path).get("maintenance").asBoolean()).isTrue();
        HttpResponse<String> preflight = api.send("OPTIONS", path, "", Map.of("Origin", "https://example.com"));
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Methods")
                        .orElse(""))
                .contains("PATCH");
        assertThat(api.send("PUT", "/apps", "", Map.of()).statusCode()).isEqualTo(405);
    }

    @Test
    void wrongCredentialsOpenNothing() throws Exception {
        for (String wrong : new String[] {"Bearer undefined", "Bearer ", "", "Basic !!!", "Basic OnVuZGVmaW5lZA=="}) {
            HttpResponse<String> refused = api.send("GET", "/account", "", Map.of("Authorization", wrong));
            assertThat(refused.statusCode()).as(wrong).isEqualTo(401);
            assertThat(refused.body()).contains("\"unauthorized\"", "Invalid credentials provided.");
        }
        String pair =
                java.util.Base64.getEncoder().encodeToString((":" + api.token()).getBytes(StandardCharsets.UTF_8));
        assertThat(api.send("GET", "/account", "", Map.of("Authorization", "Basic " + pair))
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> password =
                api.send("GET", "/account", "", Map.of("Authorization", RunningApi.basic("admin@localhost")));
        assertThat(password.statusCode()).isEqualTo(401);
    }

    @Test
    void whatIsNotTextOrNotJsonIsTheClientsFault() throws Exception {
        assertThat(api.send("POST", "/apps", "[]", Map.of()).statusCode()).isEqualTo(400);
        assertThat(api.send("GET", "/apps/a%00b", "", Map.of()).statusCode()).isEqualTo(404);
        assertThat(api.send("POST", "/apps", "{\"name\":\"a\\u0000b\"}", Map.of())
                        .statusCode())
                .isEqualTo(422);
        assertThat(api.send("POST", "/apps", "{\"name\":{}}", Map.of()).statusCode())
                .isEqualTo(422);
        assertThat(api.send("POST", "/apps", "{\"x\":\"" + "y".repeat(1_100_000) + "\"}", Map.of())
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void aPersonLogsInWithABrowserAndTheClientGetsAToken() throws Exception {
        JsonNode begun = JSON.readTree(api.send("POST", "/auth", "{\"description\":\"<b>laptop</b>\"}", Map.of())
                .body());
        String page = begun.get("browser_url").asText();
        HttpResponse<String> form = api.send("GET", page, "", Map.of("Accept", "text/html"));
        assertThat(form.body()).contains("&lt;b&gt;laptop").doesNotContain("<b>laptop");
        Map<String, String> asForm = Map.of("Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html");
        assertThat(api.send("POST", page, "email=admin%40localhost&password=wrong-one", asForm)
                        .statusCode())
                .isEqualTo(401);
        HttpResponse<String> done =
                api.send("POST", page, "email=admin%40localhost&password=operators-password", asForm);
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        String poll = begun.get("cli_url").asText();
        assertThat(api.send("GET", poll, "", Map.of("Authorization", "Bearer other"))
                        .statusCode())
                .isEqualTo(404);
        HttpResponse<String> handed = api.send(
                "GET",
                poll,
                "",
                Map.of("Authorization", "Bearer " + begun.get("token").asText()));
        String token = JSON.readTree(handed.body()).get("access_token").asText();
        assertThat(api.send("GET", "/account", "", Map.of("Authorization", "Bearer " + token))
                        .statusCode())
                .isEqualTo(200);
        assertThat(api.send("POST", page, "email=admin%40localhost&password=operators-password", asForm)
                        .statusCode())
                .isNotEqualTo(200);
        assertThat(api.send("GET", "/cli/browser/" + UUID.randomUUID(), "", Map.of())
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void anAccountThatAsksTooMuchIsTold(@TempDir Path other) throws Exception {
        try (RunningApi limited = new RunningApi(other, Map.of("CELADON_API_RATE_LIMIT", "3"))) {
            HttpResponse<String> answer = limited.send("GET", "/apps", "", Map.of());
            assertThat(answer.headers().firstValue("RateLimit-Remaining")).contains("2");
            limited.send("GET", "/apps", "", Map.of());
            limited.send("GET", "/apps", "", Map.of());
            HttpResponse<String> refused = limited.send("GET", "/apps", "", Map.of());
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("rate_limit");
            assertThat(limited.get("/account/rate-limits").get("remaining").asInt())
                    .isZero();
        }
    }

    @Test
    void twoConfigChangesAtOnceBothCount() throws Exception {
        String path =
                "/apps/" + api.call(201, "POST", "/apps", "{}").get("name").asText() + "/config-vars";
        var calls = java.util.stream.IntStream.range(0, 8)
                .mapToObj(i -> java.util.concurrent.CompletableFuture.supplyAsync(() -> {
                    try {
                        return api.send("PATCH", path, "{\"V" + i + "\":\"x\"}", Map.of())
                                .statusCode();
                    } catch (Exception broken) {
                        throw new IllegalStateException(broken);
                    }
                }))
                .toList();
        assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo(200));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(api.get(path)).hasSize(8));
    }

    private static String versions(HttpResponse<String> answer) throws Exception {
        return JSON.readTree(answer.body()).findValues("version").toString().replace("\"", "");
    }
}
