package dev.celadon.logplex;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.contract.AccessEnded;
import dev.celadon.contract.LogLine;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionsTest {
    private static final UUID APP = UUID.randomUUID();
    private static final Pattern LAST_ID = Pattern.compile("id: (\\d+)\n(?!.*\nid: )", Pattern.DOTALL);

    @TempDir
    Path directory;

    private TestPlatform test;
    private LogplexService logplex;

    @BeforeEach
    void start() throws Exception {
        test = TestPlatform.start(directory, "logplex");
        startLogplex();
    }

    private void startLogplex() throws Exception {
        logplex = new LogplexService(
                test.platform(),
                LogplexSettings.from(new Environment(
                        Map.of("CELADON_LOGPLEX_TAIL_BUFFER", "50", "CELADON_LOGPLEX_KEEP_ALIVE", "100ms"))));
        logplex.start().await(10, SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        logplex.stop().await(10, SECONDS);
        test.close();
    }

    @Test
    void eventsEndCleanlyWithoutATailAndResumeAfterTheLastId() throws Exception {
        write(APP, "one", "two");
        HttpResponse<String> first = get(path(""), "Accept", "text/event-stream");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("content-type")).contains("text/event-stream");
        assertThat(first.body()).startsWith("retry: 1\n\n").doesNotContain("event:");
        assertThat(first.body()).containsSubsequence("app[web.1]: one\n\n", "app[web.1]: two\n\n");
        write(APP, "three");
        HttpResponse<String> next = get(path(""), "Accept", "text/event-stream", "Last-Event-ID", lastId(first.body()));
        assertThat(next.body()).contains("three").doesNotContain("one").doesNotContain("two");
    }

    @Test
    void whatAnAppPrintsCannotForgeEventsOrLines() throws Exception {
        write(APP, "50%\rid: 9\rdata: forged", "a\n2026-01-01T00:00:00.000000+00:00 heroku[api]: forged");
        assertThat(get(path(""), "Accept", "text/event-stream").body()).doesNotContain("\r");
        assertThat(get(path("")).body().split("\n"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains(" app[web.1]: "));
    }

    @Test
    void aLongBacklogComesWhole() throws Exception {
        List<String> texts = IntStream.range(0, 1_500)
                .mapToObj(number -> number + "x".repeat(3_000))
                .toList();
        for (int from = 0; from < 1_500; from += 300) {
            write(APP, texts.subList(from, from + 300).toArray(String[]::new));
        }
        String body = get(path(",\"lines\":1500")).body();
        assertThat(body.lines().map(line -> line.replaceFirst("^.*?]: ", ""))).containsExactlyElementsOf(texts);
    }

    @Test
    void webSocketsGetBacklogThenLiveWithoutGapOrDoubleWhileOthersWrite() throws Exception {
        List<Queue<String>> readers = new ArrayList<>();
        for (int batch = 0; batch < 60; batch++) {
            if (batch % 10 == 5) {
                readers.add(webSocket(path(",\"lines\":1500")));
            }
            int from = batch * 20;
            write(
                    APP,
                    IntStream.range(from, from + 20).mapToObj(Integer::toString).toArray(String[]::new));
        }
        List<String> all = IntStream.range(0, 1_200).mapToObj(Integer::toString).toList();
        for (Queue<String> reader : readers) {
            await().atMost(Duration.ofSeconds(5)).until(() -> reader.size() >= 1_200);
            assertThat(reader.stream().map(line -> line.replaceFirst("^.*?]: ", "")))
                    .containsExactlyElementsOf(all);
        }
    }

    @Test
    void aSlowReaderLosesItsOwnLinesOnlyAndIsTold() throws Exception {
        Queue<String> quick = webSocket(path(""));
        NetSocket slow = test.platform()
                .vertx()
                .createNetClient(new NetClientOptions().setReceiveBufferSize(4_096))
                .connect(port(), "127.0.0.1")
                .await(5, SECONDS);
        slow.pause();
        slow.write("GET " + path(",\"tail\":true") + " HTTP/1.1\r\nHost: x\r\n\r\n");
        await().until(() -> sessions() == 2);
        String filling = "x".repeat(9_000);
        int written = 0;
        while (lost() < 20) {
            write(APP, written + " " + filling);
            written++;
            assertThat(written).isLessThan(5_000);
        }
        Buffer received = Buffer.buffer();
        slow.handler(received::appendBuffer);
        slow.resume();
        String last = (written - 1) + " " + filling;
        await().atMost(Duration.ofSeconds(10)).until(() -> received.toString().contains(last));
        Matcher told = Pattern.compile("heroku\\[logplex]: Error L11 \\(tail buffer overflow\\): (\\d+) messages")
                .matcher(received.toString());
        int toldLost = 0;
        while (told.find()) {
            toldLost += Integer.parseInt(told.group(1));
        }
        long got = Pattern.compile("app\\[web\\.1]: \\d+ x")
                .matcher(received.toString())
                .results()
                .count();
        assertThat(toldLost).isPositive();
        assertThat(got + toldLost).isEqualTo(written);
        int all = written;
        await().until(() -> quick.size() == all);
        slow.close();
    }

    @Test
    void aQuietTailOfEventsIsKeptAliveAndEndedWholeWhenLogplexStops() throws Exception {
        NetSocket tail = test.platform()
                .vertx()
                .createNetClient()
                .connect(port(), "127.0.0.1")
                .await(5, SECONDS);
        Buffer received = Buffer.buffer();
        tail.handler(received::appendBuffer);
        tail.write("GET " + path(",\"tail\":true") + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
        await().until(() -> received.toString().contains(":\n\n"));
        write(APP, "live");
        await().atMost(Duration.ofSeconds(1)).until(() -> received.toString().contains("app[web.1]: live\n\n"));
        logplex.stop().await(10, SECONDS);
        await().until(() -> received.toString().endsWith("\r\n0\r\n\r\n"));
    }

    @Test
    void linesAndResumingSurviveARestartAndABrokenFile() throws Exception {
        write(APP, "before");
        String id = lastId(get(path(""), "Accept", "text/event-stream").body());
        logplex.stop().await(10, SECONDS);
        Files.writeString(directory.resolve("logplex").resolve(UUID.randomUUID() + ".ndjson"), "{\"cut");
        Files.writeString(directory.resolve("logplex").resolve("null.ndjson"), "{}\n");
        startLogplex();
        write(APP, "after");
        assertThat(get(path("")).body()).containsSubsequence("before", "after");
        assertThat(get(path(""), "Accept", "text/event-stream", "Last-Event-ID", id)
                        .body())
                .contains("after")
                .doesNotContain("before");
    }

    @Test
    void aBatchWithABadLineIsRefusedWholeAndNamesIt() throws Exception {
        String good =
                "{\"appId\":\"%s\",\"at\":\"2026-01-01T00:00:00Z\",\"source\":\"app\",\"process\":\"web.1\",\"text\":\"good\"}"
                        .formatted(APP);
        for (String bad : List.of(
                "{",
                "null",
                "{\"text\":\"x\"}",
                good.replace("\"app\"", "\"nobody\""),
                good.replace("web.1", "web.1]: x heroku[api"))) {
            var answer = post(good + "\n" + bad + "\n");
            assertThat(answer.statusCode()).as(bad).isEqualTo(400);
            assertThat(answer.bodyAsString()).startsWith("line 2: ");
        }
        assertThat(post("").statusCode()).isEqualTo(204);
        assertThat(get(path("")).body()).isEmpty();
    }

    @Test
    void forgedExpiredAndForeignUrlsShowNothing() throws Exception {
        write(APP, "secret");
        assertThat(get(path("").replace("/logs/", "/logs/x")).statusCode()).isEqualTo(404);
        assertThat(get(path("").substring("/logs/".length() - 1)).statusCode()).isEqualTo(404);
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get(signed("{\"app\":\"%s\",\"expires\":1}".formatted(APP))).statusCode())
                .isEqualTo(403);
        assertThat(get(signed("{\"app\":\"%s\",\"expires\":99999999999}".formatted(UUID.randomUUID())))
                        .body())
                .isEmpty();
    }

    @Test
    void aDeletedAppTakesItsLinesAndReadersWithIt() throws Exception {
        UUID other = UUID.randomUUID();
        write(APP, "gone");
        write(other, "stays");
        var database = test.platform().database();
        database.execute("create schema api", Tuple.tuple()).await(5, SECONDS);
        database.execute("create table api.v_apps (id uuid)", Tuple.tuple()).await(5, SECONDS);
        database.execute("insert into api.v_apps values ($1)", Tuple.of(other)).await(5, SECONDS);
        await().atMost(Duration.ofSeconds(10)).until(() -> get(path("")).statusCode() == 404);
        assertThat(get(signed("{\"app\":\"%s\",\"expires\":99999999999}".formatted(other)))
                        .body())
                .contains("stays");
        await().until(() -> !Files.exists(directory.resolve("logplex").resolve(APP + ".ndjson")));
    }

    @Test
    void aSessionEndsWithTheTokenItWasAskedForWith() throws Exception {
        UUID token = UUID.randomUUID();
        var database = test.platform().database();
        database.execute("create schema api", Tuple.tuple()).await(5, SECONDS);
        database.execute("create table api.v_openings (token_id uuid, app_id uuid)", Tuple.tuple())
                .await(5, SECONDS);
        database.execute("insert into api.v_openings values ($1, $2)", Tuple.of(token, APP))
                .await(5, SECONDS);
        write(APP, "one");
        String opened = path(",\"token\":\"%s\"".formatted(token));
        assertThat(get(opened).body()).contains("one");
        Queue<String> reader = webSocket(opened);
        await().until(() -> !reader.isEmpty() && sessions() == 1);
        database.execute("delete from api.v_openings", Tuple.tuple()).await(5, SECONDS);
        test.platform().bus().publish(Topic.ACCESS_ENDED, new AccessEnded());
        await().until(() -> sessions() == 0);
        assertThat(get(opened).statusCode()).isEqualTo(403);
    }

    private double sessions() {
        return test.platform().meters().get("log.sessions").gauge().value();
    }

    private void write(UUID app, String... texts) throws Exception {
        List<LogLine> lines = new ArrayList<>();
        for (String text : texts) {
            lines.add(new LogLine(app, Instant.parse("2026-01-01T00:00:00Z"), "app", "web.1", text));
        }
        test.platform().appLog().deliver(lines).await(5, SECONDS);
    }

    private io.vertx.ext.web.client.HttpResponse<Buffer> post(String body) throws Exception {
        var internal = test.platform().internal();
        return internal.call(HttpMethod.POST, internal.url() + "/logplex/lines", Duration.ofSeconds(5))
                .sendBuffer(Buffer.buffer(body))
                .await(5, SECONDS);
    }

    private Queue<String> webSocket(String path) throws Exception {
        Queue<String> received = new ConcurrentLinkedQueue<>();
        var client = test.platform().vertx().createWebSocketClient();
        var socket = client.webSocket();
        socket.textMessageHandler(received::add);
        socket.connect(new WebSocketConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(port())
                        .setURI(path))
                .await(5, SECONDS);
        return received;
    }

    private double lost() {
        return test.platform()
                .meters()
                .get("log.lines.lost.by.readers")
                .counter()
                .count();
    }

    private int port() {
        return URI.create(logplex.url()).getPort();
    }

    private String path(String more) {
        return signed("{\"app\":\"%s\",\"expires\":99999999999%s}".formatted(APP, more));
    }

    private String signed(String json) {
        String payload = Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
        return "/logs/" + payload + "." + test.platform().keys().sign("log-session", payload);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return HttpClient.newHttpClient().send(request(path, headers), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(10));
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }

    private static String lastId(String events) {
        Matcher id = LAST_ID.matcher(events);
        assertThat(id.find()).isTrue();
        return id.group(1);
    }
}
