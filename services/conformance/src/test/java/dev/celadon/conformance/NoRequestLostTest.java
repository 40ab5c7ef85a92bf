package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Apps under load while all that happens to them happens: with real dynos, which die of SIGTERM in mid-answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NoRequestLostTest {
    private static final String SERVER = """
            import http.server, os, signal, sys, threading, time
            if os.environ.get("CRASH"): sys.exit(7)
            if os.environ.get("DIE"): threading.Timer(1, lambda: os._exit(8)).start()
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    if self.path == "/slow": time.sleep(2)
                    if self.path == "/stop": os.kill(os.getpid(), signal.SIGSTOP)
                    body = f'{os.environ["DYNO"]} {os.environ.get("SAY", "nothing")}\\nend\\n'.encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *arguments): pass
            class Server(http.server.ThreadingHTTPServer):
                request_queue_size = int(os.environ.get("BACKLOG", "128"))
            Server(("", int(os.environ["PORT"])), Handler).serve_forever()
            """;

    @TempDir
    static Path directory;

    private RunningPlatform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new RunningPlatform(
                Files.createDirectories(directory.resolve("data")),
                Map.of(
                        "CELADON_IDLE_AFTER", "12s",
                        "CELADON_STOP_GRACE", "3s",
                        "CELADON_ROUTER_CONNECT_TIMEOUT", "1s"));
    }

    @AfterAll
    void stop() throws Exception {
        platform.close();
    }

    @Test
    void noRequestFailsWhateverIsChanged() throws Exception {
        String app = deployed();
        scale(app, 2);
        Load load = new Load(platform, app, "/slow");
        Tail api = new Tail(platform, app, "api");
        Tail web = new Tail(platform, app, "web.1");
        try (api;
                web;
                load) {
            set(app, "{\"SAY\":\"one\"}");
            awaitAll(app, "3", 2);
            Set<String> before = upDynos(app);
            platform.api(202, "DELETE", "/apps/" + app + "/dynos", "");
            await().atMost(Duration.ofSeconds(40)).until(() -> {
                Set<String> now = upDynos(app);
                return now.size() == 2 && now.stream().noneMatch(before::contains);
            });
            scale(app, 4);
            scale(app, 1);
            set(app, "{\"CRASH\":\"yes\"}");
            await().atMost(Duration.ofSeconds(40))
                    .until(() -> release(app, 4).get("status").asText().equals("failed"));
            assertThat(release(app, 4).get("description").asText())
                    .isEqualTo("Set CRASH config vars (failed: web.1 exited with status 7)");
            assertThat(release(app, 3).get("current").asBoolean()).isTrue();
            platform.api(201, "POST", "/apps/" + app + "/releases", "{\"release\":\"2\"}");
            awaitAll(app, "5", 1);
            api.await("heroku[api]: Release v4 did not come up: web.1 exited with status 7; v3 serves on");
            web.await("heroku[web.1]: Restarting");
        }
        assertThat(load.failures()).isEmpty();
        assertThat(load.answered()).isGreaterThan(100);
    }

    @Test
    void aReleaseThatCrashesSoonAfterTheSwapIsTakenBack() throws Exception {
        String app = deployed();
        set(app, "{\"DIE\":\"yes\"}");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> platform.api(200, "GET", "/apps/" + app + "/releases", "")
                                .size()
                        == 4);
        assertThat(release(app, 4).get("description").asText()).isEqualTo("Rollback to v2 (automatic)");
        awaitAll(app, "4", 1);
        assertThat(platform.request(app)).isEqualTo("web.1 nothing\nend\n\n200");
    }

    @Test
    void anIdleAppIsWokenByItsFirstRequestAndManyWakeOneDyno() throws Exception {
        String app = deployed();
        await().atMost(Duration.ofSeconds(60)).until(() -> platform.logs(app).contains("heroku[web.1]: Idling"));
        await().atMost(Duration.ofSeconds(20)).until(() -> states(app).equals(List.of("idle")));
        Load load = new Load(platform, app, "/");
        try (load) {
            await().atMost(Duration.ofSeconds(40)).until(() -> load.answered() > 20);
        }
        assertThat(load.failures()).isEmpty();
        assertThat(states(app)).containsExactly("up");
        assertThat(platform.logs(app).split("heroku\\[web.1]: Unidling", -1)).hasSize(2);
    }

    @Test
    void anUnresponsiveDynoIsRestartedWhileTheOtherServes() throws Exception {
        String app = deployed();
        set(app, "{\"BACKLOG\":\"8\"}");
        awaitAll(app, "3", 1);
        scale(app, 2);
        Set<String> before = upDynos(app);
        platform.execute(directory, "curl", "-sS", "-m", "1", platform.appUrl(app) + "stop");
        // The kernel accepts for the stopped process until its backlog is full.
        String many = "for i in $(seq 40); do curl -sS -m 2 -o /dev/null '" + platform.appUrl(app) + "' & done; wait";
        platform.execute(directory, "bash", "-c", many);
        Load load = new Load(platform, app, "/");
        try (Tail one = new Tail(platform, app, "web.1");
                Tail two = new Tail(platform, app, "web.2");
                load) {
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                Set<String> now = upDynos(app);
                return now.size() == 2 && !now.equals(before);
            });
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> (one.heard() + two.heard()).contains("Process does not accept connections"));
        }
        assertThat(load.failures()).isEmpty();
        assertThat(load.answered()).isGreaterThan(100);
    }

    private String deployed() throws Exception {
        String app = platform.createApp();
        Path source = platform.repository(
                directory.resolve(app),
                Map.of(
                        "Procfile", "web: ./web.sh\n",
                        "web.sh", "#!/bin/bash\nexec python3 lib/server.py\n",
                        "lib/server.py", SERVER));
        RunningPlatform.Result push = platform.push(source, app);
        assertThat(push.exit()).as(push.output()).isZero();
        return app;
    }

    private void set(String app, String vars) throws Exception {
        platform.api(200, "PATCH", "/apps/" + app + "/config-vars", vars);
    }

    private void scale(String app, int web) throws Exception {
        platform.api(200, "PATCH", "/apps/" + app + "/formation/web", "{\"quantity\":" + web + "}");
        await().atMost(Duration.ofSeconds(60)).until(() -> states(app).equals(Collections.nCopies(web, "up")));
    }

    private JsonNode release(String app, int version) throws Exception {
        return platform.api(200, "GET", "/apps/" + app + "/releases/" + version, "");
    }

    /** So many dynos are up, and all of that release. */
    private void awaitAll(String app, String version, int count) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            List<String> versions = new ArrayList<>();
            for (JsonNode dyno : platform.api(200, "GET", "/apps/" + app + "/dynos", "")) {
                versions.add(
                        dyno.get("state").asText() + dyno.at("/release/version").asText());
            }
            return versions.equals(Collections.nCopies(count, "up" + version));
        });
    }

    private List<String> states(String app) throws Exception {
        List<String> states = new ArrayList<>();
        for (JsonNode dyno : platform.api(200, "GET", "/apps/" + app + "/dynos", "")) {
            states.add(dyno.get("state").asText());
        }
        return states;
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
