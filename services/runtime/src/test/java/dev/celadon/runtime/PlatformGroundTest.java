package dev.celadon.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.celadon.contract.Accepted;
import dev.celadon.contract.Command;
import dev.celadon.contract.LogLine;
import dev.celadon.contract.RestartDynos;
import dev.celadon.contract.RoutesChanged;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlatformGroundTest {
    @TempDir
    Path directory;

    private TestPlatform test;
    private Platform platform;

    @BeforeEach
    void start() throws Exception {
        test = TestPlatform.start(directory, "logplex");
        platform = test.platform();
    }

    @AfterEach
    void stop() throws Exception {
        test.close();
    }

    @Test
    void eventsReachTheirSubscribers() throws Exception {
        Promise<RoutesChanged> heard = Promise.promise();
        platform.bus().subscribe(Topic.ROUTES_CHANGED, heard::tryComplete).await(5, SECONDS);
        platform.bus().publish(Topic.ROUTES_CHANGED, new RoutesChanged(7));
        assertThat(heard.future().await(5, SECONDS)).isEqualTo(new RoutesChanged(7));
    }

    @Test
    void aRefusedCommandFailsWithItsReason() throws Exception {
        platform.bus()
                .serve(Command.RESTART_DYNOS, "", asked -> Future.<Accepted>failedFuture("no such dyno"))
                .await(5, SECONDS);
        RestartDynos command = new RestartDynos(UUID.randomUUID(), UUID.randomUUID(), "web.9");
        assertThatThrownBy(() -> platform.bus()
                        .request(Command.RESTART_DYNOS, "", command)
                        .await(5, SECONDS))
                .hasMessage("no such dyno");
    }

    @Test
    void internalPathsNeedTheTokenAndHealthDoesNot() throws Exception {
        platform.internal().router().get("/secret").handler(context -> context.end("kept"));
        var open = java.net.http.HttpClient.newHttpClient();
        assertThat(status(open, "/healthz")).isEqualTo(200);
        assertThat(status(open, "/metrics")).isEqualTo(200);
        assertThat(status(open, "/secret")).isEqualTo(401);
        var answer = platform.internal()
                .call(HttpMethod.GET, platform.internal().url() + "/secret", Duration.ofSeconds(5))
                .send()
                .await(5, SECONDS);
        assertThat(answer.bodyAsString()).isEqualTo("kept");
    }

    @Test
    void logLinesReachTheLogplexInOrder() throws Exception {
        Promise<String> body = Promise.promise();
        platform.internal()
                .router()
                .post("/logplex/lines")
                .handler(BodyHandler.create(false))
                .handler(context -> {
                    body.tryComplete(context.body().asString());
                    context.response().setStatusCode(204).end();
                });
        UUID app = UUID.randomUUID();
        platform.appLog().platform(app, "api", "first");
        platform.appLog().write(new LogLine(app, platform.clock().instant(), "app", "web.1", "second"));
        assertThat(body.future().await(5, SECONDS)).containsSubsequence("heroku", "first", "web.1", "second");
    }

    @Test
    void refusedLogLinesAreCountedAndHoldUpNothing() throws Exception {
        List<String> bodies = new CopyOnWriteArrayList<>();
        platform.internal()
                .router()
                .post("/logplex/lines")
                .handler(BodyHandler.create(false))
                .handler(context -> {
                    String body = context.body().asString();
                    boolean isRefused = body.contains("unwanted");
                    if (!isRefused) {
                        bodies.add(body);
                    }
                    context.response().setStatusCode(isRefused ? 400 : 204).end();
                });
        UUID app = UUID.randomUUID();
        platform.appLog().platform(app, "api", "unwanted");
        await().untilAsserted(() -> {
            platform.appLog().platform(app, "api", "wanted");
            assertThat(String.join("", bodies))
                    .contains("Error L13 (local delivery error): 1 messages dropped since ")
                    .contains("\"wanted\"");
        });
    }

    @Test
    void batchesOfLogLinesStayUnderTwoMegabytes() throws Exception {
        List<Integer> lengths = new CopyOnWriteArrayList<>();
        List<String> numbers = new CopyOnWriteArrayList<>();
        platform.internal()
                .router()
                .post("/logplex/lines")
                .handler(BodyHandler.create(false).setBodyLimit(8 << 20))
                .handler(context -> {
                    lengths.add(context.body().length());
                    Pattern.compile("x(\\d{4})")
                            .matcher(context.body().asString())
                            .results()
                            .forEach(number -> numbers.add(number.group(1)));
                    context.response().setStatusCode(204).end();
                });
        UUID app = UUID.randomUUID();
        String text = "x".repeat(LogLine.MAX_TEXT_BYTES - 4);
        List<LogLine> lines = IntStream.range(0, 500)
                .mapToObj(n -> new LogLine(app, platform.clock().instant(), "app", "web.1", text + "%04d".formatted(n)))
                .toList();
        platform.appLog().deliver(lines).await(10, SECONDS);
        assertThat(lengths).hasSizeGreaterThan(2).allMatch(length -> length < 2 << 20);
        assertThat(numbers).hasSize(500).isSorted();
    }

    @Test
    void aBlobIsNamedByItsContent() throws Exception {
        Path file = Files.writeString(directory.resolve("slug"), "hello\n");
        BlobStore.Blob blob = platform.blobs().put(file).await(5, SECONDS);
        assertThat(blob.sha256()).isEqualTo("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
        assertThat(platform.blobs().verify(blob.sha256()).await(5, SECONDS)).isTrue();
        assertThatThrownBy(() -> platform.blobs().path("../../etc/passwd"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void membersAreFoundByWhatTheyServe() throws Exception {
        platform.database()
                .execute(
                        "insert into runtime.members values ('n-gone', 'http://x', '{logplex}', now() - interval '1 h')",
                        Tuple.tuple())
                .await(5, SECONDS);
        assertThat(platform.members().serving("logplex")).hasSize(1);
        assertThat(platform.members().owner("logplex", UUID.randomUUID()))
                .get()
                .extracting(Members.Member::id)
                .isEqualTo("n-test");
    }

    private int status(java.net.http.HttpClient client, String path) throws Exception {
        var request = java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create(platform.internal().url() + path))
                .build();
        return client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }
}
