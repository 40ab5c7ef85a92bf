package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What leaves the platform by itself: logs to a terminal, to drains, and webhooks; with Heroku's own command line. */
@ExtendWith(SharedGround.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HerokuCliLogsTest {
    @TempDir
    static Path directory;

    private CliGround ground;
    private HerokuCli heroku;
    private String app;

    private record Received(Map<String, String> headers, String body) {}

    @BeforeAll
    void start(CliGround shared) throws Exception {
        ground = shared;
        heroku = ground.heroku();
        app = ground.deployed("talkative");
        heroku.run(directory, "ps:scale", "worker=1", "-a", app);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(ground.platform().logs(app)).contains("app[worker.1]: working"));
    }

    @Test
    void logsAreFilteredBySourceDynoAndNumber() throws Exception {
        assertThat(heroku.run(directory, "logs", "-a", app, "--source", "app")).doesNotContain("heroku[");
        assertThat(heroku.run(directory, "logs", "-a", app, "--source", "heroku"))
                .doesNotContain("app[");
        assertThat(heroku.run(directory, "logs", "-a", app, "--dyno-name", "worker.1"))
                .contains("[worker.1]")
                .doesNotContain("[web.1]")
                .doesNotContain("heroku[api]");
        assertThat(heroku.run(directory, "logs", "-a", app, "-p", "web"))
                .contains("[web.1]")
                .doesNotContain("[worker.1]");
        assertThat(heroku.run(directory, "logs", "-a", app, "--num", "3")
                        .lines()
                        .filter(line -> line.contains("]: ")))
                .hasSize(3);
    }

    @Test
    void aTailGoesOnAfterThePlatformStartedAnew() throws Exception {
        try (CliTerminal tail =
                heroku.onTerminal(directory, Map.of(), "logs", "--tail", "--num", "1", "-p", "web", "-a", app)) {
            tail.awaitText("[web.1]");
            ground.platform().request(app);
            await().atMost(Duration.ofSeconds(20)).until(() -> asked(tail) == 1);
            ground.platform().restart();
            ground.awaitAnswer(app, "web.1 nothing\n200");
            await().atMost(Duration.ofSeconds(60)).until(() -> asked(tail) >= 2);
            int answered = asked(tail);
            ground.platform().request(app);
            await().atMost(Duration.ofSeconds(20)).until(() -> asked(tail) == answered + 1);
        }
    }

    @Test
    void aSyslogDrainReceivesUntilItIsRemoved() throws Exception {
        Queue<String> received = new ConcurrentLinkedQueue<>();
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread reader = new Thread(() -> read(server, received));
            reader.start();
            String url = "syslog://127.0.0.1:" + server.getLocalPort();
            assertThat(heroku.run(directory, "drains:add", url, "-a", app)).contains("Successfully added drain " + url);
            assertThat(heroku.run(directory, "drains", "-a", app)).contains(url + " (d.");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(String.join("", received))
                            .containsPattern("\\d+ <190>1 \\S+ d\\.[0-9a-f-]+ app worker\\.1 - working\n"));
            assertThat(heroku.run(directory, "drains:remove", url, "-a", app)).contains("Successfully removed drain");
            await().atMost(Duration.ofSeconds(20)).until(() -> !reader.isAlive());
        }
    }

    @Test
    void aPostedDrainReceivesFramesAndTheSameOneAgainAfterAFailure() throws Exception {
        Queue<Received> posts = new ConcurrentLinkedQueue<>();
        HttpServer server = receiver(posts, 1);
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/logs";
            heroku.run(directory, "drains:add", url, "-a", app);
            await().atMost(Duration.ofSeconds(20)).until(() -> posts.size() > 2);
            Received first = posts.poll();
            Received again = posts.poll();
            assertThat(first.headers())
                    .containsEntry("Content-type", "application/logplex-1")
                    .containsKeys("Logplex-msg-count", "Logplex-drain-token");
            assertThat(again.headers().get("Logplex-frame-id"))
                    .isEqualTo(first.headers().get("Logplex-frame-id"));
            assertThat(again.body()).isEqualTo(first.body()).containsPattern(" host app worker\\.\\d - working\n");
            heroku.run(directory, "drains:remove", url, "-a", app);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void webhooksAreSignedAndTriedAgain() throws Exception {
        Queue<Received> posts = new ConcurrentLinkedQueue<>();
        HttpServer server = receiver(posts, 1);
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
            assertThat(heroku.run(
                            directory,
                            "webhooks:add",
                            "-i",
                            "api:release,api:formation",
                            "-l",
                            "sync",
                            "-u",
                            url,
                            "-s",
                            ground.secret("a-shared-secret"),
                            "-a",
                            app))
                    .contains("a-shared-secret");
            String hook = id(heroku.run(directory, "webhooks", "-a", app));
            assertThat(heroku.run(directory, "webhooks:info", hook, "-a", app)).contains(url);
            heroku.run(directory, "ps:scale", "worker=2", "-a", app);
            heroku.run(directory, "config:set", "OTHER=1", "-a", app);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(posts.stream().map(Received::body))
                            .anyMatch(body -> body.contains("\"resource\":\"formation\""))
                            .anyMatch(body -> body.contains("\"resource\":\"release\"")));
            assertThat(posts.size()).isGreaterThanOrEqualTo(3);
            for (Received post : posts) {
                assertThat(post.headers().get("Heroku-webhook-hmac-sha256")).isEqualTo(hmac(post.body()));
            }
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(heroku.run(directory, "webhooks:deliveries", "-a", app))
                            .contains("succeeded")
                            .doesNotContain("retrying"));
            String delivery = id(heroku.run(directory, "webhooks:deliveries", "-a", app));
            assertThat(heroku.run(directory, "webhooks:deliveries:info", delivery, "-a", app))
                    .contains("succeeded");
            assertThat(heroku.run(directory, "webhooks:events", "-a", app)).containsPattern("release\\s+create");
            heroku.run(directory, "webhooks:update", hook, "-i", "api:build", "-l", "notify", "-u", url, "-a", app);
            assertThat(heroku.run(directory, "webhooks", "-a", app)).contains("api:build", "notify");
            assertThat(heroku.run(directory, "webhooks:remove", hook, "-a", app))
                    .contains("done");
        } finally {
            server.stop(0);
        }
    }

    private static String id(String list) {
        Matcher id =
                Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").matcher(list);
        assertThat(id.find()).as(list).isTrue();
        return id.group();
    }

    private static int asked(CliTerminal tail) {
        return tail.text().split("asked for", -1).length - 1;
    }

    private static void read(ServerSocket server, Queue<String> received) {
        try (Socket socket = server.accept()) {
            byte[] bytes = new byte[8_192];
            for (int length = socket.getInputStream().read(bytes);
                    length >= 0;
                    length = socket.getInputStream().read(bytes)) {
                received.add(new String(bytes, 0, length, StandardCharsets.UTF_8));
            }
        } catch (java.io.IOException closed) {
            received.add("");
        }
    }

    /** Takes posts; answers the first so many with 503. */
    private static HttpServer receiver(Queue<Received> posts, int failures) throws Exception {
        AtomicInteger left = new AtomicInteger(failures);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            Map<String, String> headers = new java.util.HashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
            posts.add(new Received(
                    headers, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(left.getAndDecrement() > 0 ? 503 : 204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String hmac(String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("a-shared-secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    }
}
