package dev.celadon.logplex;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.contract.LogLine;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Members.Member;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two logplexes: an app's lines are with the one that owned it when they came, and are read at either. */
class TwoLogplexesTest {
    private static final String SECOND = "n-second";

    @TempDir
    Path directory;

    private TestPlatform first;
    private TestPlatform second;
    private LogplexService near;
    private LogplexService far;
    private UUID app;

    @BeforeEach
    void start() throws Exception {
        first = TestPlatform.start(directory.resolve("first"), "logplex");
        second = first.beside(SECOND, directory.resolve("second"), "logplex");
        near = logplex(first);
        far = logplex(second);
        awaitMembers(2);
        app = Stream.generate(UUID::randomUUID)
                .filter(id -> first.platform()
                        .members()
                        .owner("logplex", id)
                        .orElseThrow()
                        .id()
                        .equals(SECOND))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void stop() throws Exception {
        far.stop().await(10, SECONDS);
        near.stop().await(10, SECONDS);
        second.close();
        first.close();
    }

    @Test
    void aLogIsReadAtEither() throws Exception {
        write("one", "two");
        assertThat(texts(get(near, "").body())).containsExactly("one", "two");
        assertThat(texts(get(far, "").body())).containsExactly("one", "two");
        assertThat(texts(get(near, ",\"lines\":1").body())).containsExactly("two");
        assertThat(texts(get(near, ",\"dyno\":\"worker.1\"").body())).isEmpty();
    }

    @Test
    void whenTheOwnerChangesTailsGoOnAndNothingIsLostOrDoubled() throws Exception {
        write("one");
        Queue<String> tail = tail(near);
        Queue<String> other = tail(far);
        awaitTexts(tail, "one");
        awaitTexts(other, "one");
        second.platform().members().leave(SECOND).await(5, SECONDS);
        awaitMembers(1);
        write("two");
        awaitTexts(tail, "one", "two");
        Member back = new Member(SECOND, second.platform().internal().url(), List.of("logplex"));
        second.platform().members().join(back).await(5, SECONDS);
        awaitMembers(2);
        write("three");
        awaitTexts(tail, "one", "two", "three");
        awaitTexts(other, "one", "two", "three");
        assertThat(texts(get(near, "").body())).containsExactly("one", "two", "three");
        assertThat(texts(get(far, "").body())).containsExactly("one", "two", "three");
    }

    @Test
    void anyNumberOfTailsFollowTheOtherLogplex() throws Exception {
        write("one");
        List<Queue<String>> tails = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            tails.add(tail(near));
        }
        for (Queue<String> tail : tails) {
            awaitTexts(tail, "one");
        }
        write("two");
        for (Queue<String> tail : tails) {
            awaitTexts(tail, "one", "two");
        }
    }

    @Test
    void aReaderThatComesBackGoesOnWhereItWas() throws Exception {
        write("one");
        String events = get(near, "", "Accept", "text/event-stream").body();
        String last = events.substring(events.indexOf("id: ") + 4, events.indexOf("\ndata:"));
        second.platform().members().leave(SECOND).await(5, SECONDS);
        awaitMembers(1);
        write("two");
        Member back = new Member(SECOND, second.platform().internal().url(), List.of("logplex"));
        second.platform().members().join(back).await(5, SECONDS);
        awaitMembers(2);
        write("three");
        String rest = get(near, "", "Accept", "text/event-stream", "Last-Event-ID", last)
                .body();
        assertThat(rest).containsSubsequence("two", "three").doesNotContain("one");
    }

    private static LogplexService logplex(TestPlatform on) throws Exception {
        LogplexService service = new LogplexService(on.platform(), LogplexSettings.from(new Environment(Map.of())));
        service.start().await(10, SECONDS);
        return service;
    }

    /** What lines are sent by. */
    private void awaitMembers(int number) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> first.platform().members().serving("logplex").size() == number);
    }

    private void write(String... texts) throws Exception {
        List<LogLine> lines = Stream.of(texts)
                .map(text -> new LogLine(app, Instant.now(), "app", "web.1", text))
                .toList();
        first.platform().appLog().deliver(lines).await(5, SECONDS);
    }

    private static void awaitTexts(Queue<String> reader, String... texts) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(texts(String.join("\n", reader))).containsExactly(texts));
    }

    private static List<String> texts(String log) {
        return log.lines()
                .filter(line -> !line.isEmpty())
                .map(line -> line.replaceFirst("^.*?]: ", ""))
                .toList();
    }

    private Queue<String> tail(LogplexService at) throws Exception {
        Queue<String> received = new ConcurrentLinkedQueue<>();
        var socket = first.platform().vertx().createWebSocketClient().webSocket();
        socket.textMessageHandler(received::add);
        socket.connect(new WebSocketConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(URI.create(at.url()).getPort())
                        .setURI(path("")))
                .await(5, SECONDS);
        return received;
    }

    private HttpResponse<String> get(LogplexService at, String more, String... headers) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + URI.create(at.url()).getPort() + path(more));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10));
        return HttpClient.newHttpClient()
                .send(
                        (headers.length == 0 ? request : request.headers(headers)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private String path(String more) {
        String json = "{\"app\":\"%s\",\"expires\":99999999999%s}".formatted(app, more);
        String payload = Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
        return "/logs/" + payload + "." + first.platform().keys().sign("log-session", payload);
    }
}
