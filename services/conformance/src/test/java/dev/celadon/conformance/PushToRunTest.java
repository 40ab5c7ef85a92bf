package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The way of a push, end to end, on one machine with real git, PostgreSQL, containers and sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PushToRunTest {
    private static final String SERVER = """
            import http.server, os, subprocess
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    say = os.environ.get("SAY", "nothing")
                    body = f'{os.environ["DYNO"]} {open("version").read().strip()} {say}'
                    if self.path != "/":
                        body = subprocess.run(["bash", "-c", os.environ["PROBE"]], capture_output=True, text=True).stdout
                    body = body.encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
            print("serving", flush=True)
            http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
            """;

    @TempDir
    static Path directory;

    private RunningPlatform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new RunningPlatform(Files.createDirectories(directory.resolve("data")), settings());
    }

    Map<String, String> settings() {
        return Map.of();
    }

    @AfterAll
    void stop() throws Exception {
        platform.close();
    }

    @Test
    void aPushIsBuiltReleasedRoutedAndLogged() throws Exception {
        String app = platform.createApp();
        Path source = shellApp("first");
        RunningPlatform.Result push = platform.push(source, app);
        assertThat(push.exit()).as(push.output()).isZero();
        assertThat(push.output())
                .containsSubsequence(
                        "-----> Heroku receiving push",
                        "-----> ",
                        " app detected",
                        "-----> Discovering process types",
                        "       Procfile declares types      -> web, worker",
                        "-----> Compiled slug size is ",
                        "-----> Launching... done, v2",
                        " deployed to Heroku");
        assertThat(platform.request(app)).isEqualTo("web.1 first nothing\n200");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(platform.logs(app))
                        .contains("heroku[slugc]: Slug compilation started")
                        .contains("heroku[api]: Release v2 created by ")
                        .contains("heroku[web.1]: State changed from starting to up")
                        .contains("app[web.1]: serving")
                        .containsPattern(
                                "heroku\\[router]: at=info method=GET path=\"/\" host=" + app + "\\.localhost.* "
                                        + "dyno=web\\.1 connect=\\d+ms service=\\d+ms status=200 bytes=\\d+"));
    }

    @Test
    void scalingSpreadsRequestsOverAllDynos() throws Exception {
        String app = deployed("first");
        platform.api(
                200,
                "PATCH",
                "/apps/" + app + "/formation",
                "{\"updates\":[{\"type\":\"web\",\"quantity\":3},{\"type\":\"worker\",\"quantity\":\"2\"}]}");
        await().atMost(Duration.ofSeconds(30)).until(() -> upDynos(app).size() == 5);
        Set<String> answered = new TreeSet<>();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            answered.add(platform.request(app).split(" ")[0]);
            return answered.size() == 3;
        });
        assertThat(answered).containsExactly("web.1", "web.2", "web.3");
    }

    @Test
    void aConfigChangeIsAReleaseAndARollbackTakesItBack() throws Exception {
        String app = deployed("first");
        platform.api(200, "PATCH", "/apps/" + app + "/config-vars", "{\"SAY\":\"hello\"}");
        awaitAnswer(app, "web.1 first hello\n200");
        platform.push(platform.commit(directory.resolve(app), Map.of("version", "second")), app);
        awaitAnswer(app, "web.1 second hello\n200");
        JsonNode rollback = platform.api(201, "POST", "/apps/" + app + "/releases", "{\"release\":\"2\"}");
        assertThat(rollback.get("version").asInt()).isEqualTo(5);
        assertThat(rollback.get("description").asText()).isEqualTo("Rollback to v2");
        awaitAnswer(app, "web.1 first nothing\n200");
    }

    @Test
    void aBrokenPushIsRejectedAndTheOldReleaseServesOn() throws Exception {
        String app = deployed("first");
        Path source = platform.commit(directory.resolve(app), Map.of("Procfile", "web ./web.sh\n"));
        RunningPlatform.Result push = platform.push(source, app);
        assertThat(push.exit()).isNotZero();
        assertThat(push.output())
                .contains("Procfile does not parse: line 1")
                .contains("! [remote rejected] main -> main (pre-receive hook declined)");
        platform.run(source, "git", "update-index", "--add", "--cacheinfo", "160000," + "1".repeat(40) + ",theirs");
        Files.createDirectory(source.resolve("theirs"));
        push = platform.push(platform.commit(source, Map.of("Procfile", "web: ./web.sh\n")), app);
        assertThat(push.exit()).isNotZero();
        assertThat(push.output()).contains("push rejected, submodule install failed: theirs has the URL");
        assertThat(platform.request(app)).isEqualTo("web.1 first nothing\n200");
    }

    @Test
    void aKilledPlatformFindsItsDynosAgain() throws Exception {
        String app = deployed("first");
        Set<String> before = upDynos(app);
        platform.kill();
        platform.start();
        awaitAnswer(app, "web.1 first nothing\n200");
        await().atMost(Duration.ofSeconds(20)).until(() -> upDynos(app).equals(before));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(platform.logs(app)).contains("status=200"));
    }

    @Test
    void theWebSocketBringsTheBacklogAndThenLiveLines() throws Exception {
        String app = deployed("first");
        String url = platform.api(201, "POST", "/apps/" + app + "/log-sessions", "{\"tail\":true}")
                .get("logplex_url")
                .asText();
        StringBuffer heard = new StringBuffer();
        WebSocket.Listener listener = new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                heard.append(text).append(last ? "\n" : "");
                return WebSocket.Listener.super.onText(socket, text, last);
            }
        };
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(url.replaceFirst("^http", "ws")), listener)
                .get(10, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(5)).until(() -> heard.indexOf("app[web.1]: serving") >= 0);
        int backlog = heard.length();
        platform.request(app);
        await().atMost(Duration.ofSeconds(5)).until(() -> heard.indexOf("heroku[router]: at=info", backlog) >= 0);
        socket.abort();
    }

    @Test
    void aDynoSeesOnlyItself() throws Exception {
        String app = deployed("first");
        String api = platform.variable("CELADON_API_URL");
        String probe = "ps ax | wc -l; cat /etc/shadow 2>&1; id -u; ls /root /home 2>&1; curl -sS -m 3 "
                + api.replace("localhost", "127.0.0.1") + " 2>&1; mount -t tmpfs x /tmp 2>&1; echo end";
        platform.api(200, "PATCH", "/apps/" + app + "/config-vars", "{\"PROBE\":\"" + probe + "\"}");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            String seen = platform.execute(directory, "curl", "-sS", "-m", "20", platform.appUrl(app) + "probe")
                    .output();
            assertThat(seen).contains("end");
            assertThat(seen).doesNotContainPattern("(?m)^root:").contains("\n1000\n");
            assertThat(Integer.parseInt(seen.lines().findFirst().orElseThrow().strip()))
                    .isLessThan(10);
            assertThat(seen).containsPattern("Failed to connect|Couldn't connect|refused");
            assertThat(seen).containsPattern("(?i)permission denied|must be superuser|not permitted");
        });
    }

    @Test
    void aDeletedAppLeavesNothingBehind() throws Exception {
        String app = deployed("first");
        String id = platform.api(200, "GET", "/apps/" + app, "").get("id").asText();
        Set<String> dynos = upDynos(app);
        assertThat(dynos).hasSize(1);
        String container = dynos.iterator().next().replace("-", "").substring(0, 12);
        assertThat(Traces.containing(container)).isNotEmpty();
        platform.api(200, "DELETE", "/apps/" + app, "");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Traces.containing(container).isEmpty());
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            try (var files = Files.walk(directory.resolve("data"))) {
                assertThat(files.filter(file -> !file.toString().contains("/postgres/"))
                                .filter(file -> file.toString().contains(id)
                                        || file.toString().contains(container)))
                        .isEmpty();
            } catch (java.io.UncheckedIOException vanished) {
                throw new AssertionError("files vanish while they are listed", vanished);
            }
        });
        assertThat(platform.request(app)).endsWith("404");
    }

    @Test
    void wrongInputGetsAClearError() throws Exception {
        assertThat(platform.api(404, "GET", "/apps/no-such-app", "").get("id").asText())
                .isEqualTo("not_found");
        assertThat(platform.api(422, "POST", "/apps", "{\"name\":\"Bad_Name\"}")
                        .get("id")
                        .asText())
                .isEqualTo("invalid_params");
        assertThat(platform.api(400, "POST", "/apps", "{not json").get("id").asText())
                .isEqualTo("bad_request");
        Path source = shellApp("lost");
        RunningPlatform.Result push = platform.push(source, "no-such-app");
        assertThat(push.exit()).isNotZero();
        assertThat(push.output()).contains("no-such-app");
        assertThat(platform.request("no-such-app")).endsWith("404");
    }

    private Path shellApp(String version) throws Exception {
        return platform.repository(directory.resolve("source-" + version + System.nanoTime()), files(version));
    }

    private static Map<String, String> files(String version) {
        return Map.of(
                "Procfile", "web: ./web.sh\nworker: ./worker.sh\n",
                "web.sh", "#!/bin/bash\nexec python3 lib/server.py\n",
                "worker.sh", "#!/bin/bash\nwhile true; do echo working; sleep 5; done\n",
                "lib/server.py", SERVER,
                "version", version);
    }

    private String deployed(String version) throws Exception {
        String app = platform.createApp();
        RunningPlatform.Result push = platform.push(platform.repository(directory.resolve(app), files(version)), app);
        assertThat(push.exit()).as(push.output()).isZero();
        awaitAnswer(app, "web.1 " + version + " nothing\n200");
        return app;
    }

    private void awaitAnswer(String app, String answer) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(platform.request(app)).isEqualTo(answer));
    }

    private Set<String> upDynos(String app) throws Exception {
        Set<String> ids = new TreeSet<>();
        for (JsonNode dyno : platform.api(200, "GET", "/apps/" + app + "/dynos", "")) {
            if (dyno.get("state").asText().equals("up")) {
                ids.add(dyno.get("id").asText());
            }
        }
        return ids;
    }
}
