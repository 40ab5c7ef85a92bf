package dev.celadon.logplex;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.contract.DrainsChanged;
import dev.celadon.contract.LogLine;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.LocalCa;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TCPSSLOptions;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drains over real sockets: what receivers get, and what they cannot do to anybody else. */
class DrainsTest {
    private static final UUID APP = UUID.randomUUID();
    private static final Pattern LINE = Pattern.compile("app web\\.1 - line (\\d+)");

    @TempDir
    Path directory;

    private TestPlatform test;
    private LogplexService logplex;
    private int written;
    private int drains;

    private record Post(Map<String, String> headers, String uri, String body) {}

    @BeforeEach
    void start() throws Exception {
        test = TestPlatform.start(directory, "logplex");
        var database = test.platform().database();
        database.execute("create schema api", Tuple.tuple()).await(5, SECONDS);
        database.execute("create table api.v_apps (id uuid)", Tuple.tuple()).await(5, SECONDS);
        database.execute("insert into api.v_apps values ($1)", Tuple.of(APP)).await(5, SECONDS);
        database.execute("create table api.v_drains (id uuid, app_id uuid, url text, token text)", Tuple.tuple())
                .await(5, SECONDS);
        startLogplex(Map.of());
    }

    private void startLogplex(Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of(
                "CELADON_DRAIN_CA", test.platform().ca().certificateFile().toString(),
                "CELADON_DRAIN_RETRY", "50ms",
                "CELADON_DRAIN_RETRY_MOST", "200ms",
                "CELADON_DRAIN_REQUEST_TIMEOUT", "500ms",
                "CELADON_DRAIN_REPORT", "100ms"));
        settings.putAll(more);
        logplex = new LogplexService(test.platform(), LogplexSettings.from(new Environment(settings)));
        logplex.start().await(10, SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        logplex.stop().await(10, SECONDS);
        test.close();
    }

    @Test
    void aPostedFrameSaysWhatItIs() throws Exception {
        Queue<Post> posts = new ConcurrentLinkedQueue<>();
        int port = receiver(new HttpServerOptions(), (number, request, body) -> {
                    posts.add(post(request, body));
                    return 204;
                })
                .actualPort();
        drain("http://user:secret@127.0.0.1:" + port + "/in?key=1", "d.token");
        write(3);
        await().until(() -> posts.size() == 1);
        Post post = posts.element();
        assertThat(post.uri()).isEqualTo("/in?key=1");
        assertThat(post.headers())
                .containsEntry("content-type", "application/logplex-1")
                .containsEntry("logplex-msg-count", "3")
                .containsEntry("logplex-drain-token", "d.token")
                .containsEntry("authorization", "Basic dXNlcjpzZWNyZXQ=")
                .containsKey("logplex-frame-id");
        assertThat(post.headers().get("user-agent")).startsWith("Logplex/v");
        assertThat(post.body()).startsWith("64 <190>1 ").contains(" host app web.1 - line 3\n");
    }

    @Test
    void aFrameThatFailedComesAgainUnderItsIdAndNothingIsLost() throws Exception {
        Queue<Post> posts = new ConcurrentLinkedQueue<>();
        int port = receiver(new HttpServerOptions(), (number, request, body) -> {
                    posts.add(post(request, body));
                    return number < 3 ? 503 : 200;
                })
                .actualPort();
        drain("http://127.0.0.1:" + port + "/", "d.token");
        write(1);
        await().until(() -> !posts.isEmpty());
        write(2);
        await().until(() -> posts.size() == 4);
        List<String> ids = new ArrayList<>();
        posts.forEach(post -> ids.add(post.headers().get("logplex-frame-id")));
        assertThat(ids.subList(0, 3)).containsOnly(ids.get(0));
        assertThat(ids.get(3)).isNotEqualTo(ids.get(0));
        assertThat(posts.stream().skip(2).map(Post::body).reduce("", String::concat))
                .containsSubsequence("line 1\n", "line 2\n", "line 3\n");
    }

    @Test
    void aReceiverThatNeverAnswersLosesTheOldestIsToldAndSlowsNobody() throws Exception {
        logplex.stop().await(10, SECONDS);
        startLogplex(Map.of("CELADON_DRAIN_BUFFER", "10"));
        AtomicInteger open = new AtomicInteger();
        Queue<Post> late = new ConcurrentLinkedQueue<>();
        AtomicInteger silent = new AtomicInteger(1);
        int slow = receiver(new HttpServerOptions(), (number, request, body) -> {
                    open.incrementAndGet();
                    if (silent.get() == 1) {
                        return 0;
                    }
                    late.add(post(request, body));
                    return 200;
                })
                .actualPort();
        Queue<String> quick = new ConcurrentLinkedQueue<>();
        int quickPort = receiver(new HttpServerOptions(), (number, request, body) -> {
                    quick.add(body);
                    return 200;
                })
                .actualPort();
        drain("http://127.0.0.1:" + slow + "/", "d.slow");
        drain("http://127.0.0.1:" + quickPort + "/", "d.quick");
        write(1);
        await().until(() -> open.get() == 1);
        for (int batch = 0; batch < 50; batch++) {
            write(1);
            int sofar = written;
            await().until(() -> lines(quick).contains(sofar));
        }
        silent.set(0);
        await().until(() -> lines(late.stream().map(Post::body).toList()).contains(51));
        String received = late.stream().map(Post::body).reduce("", String::concat);
        assertThat(received)
                .containsSubsequence(
                        " - line 1\n",
                        "heroku logplex - Error L10 (output buffer overflow): 40 messages dropped since",
                        " - line 42\n",
                        " - line 51\n");
        assertThat(String.join("", quick)).doesNotContain("Error L10");
        await().untilAsserted(
                        () -> assertThat(history()).contains("heroku[logplex]: Error L10 (output buffer overflow): "));
    }

    @Test
    void syslogOverTcpIsCountedInOctetsAndConnectsAgain() throws Exception {
        Queue<Buffer> received = new ConcurrentLinkedQueue<>();
        Queue<NetSocket> sockets = new ConcurrentLinkedQueue<>();
        NetServer server = server(new NetServerOptions(), received, sockets);
        drain("syslog://127.0.0.1:" + server.actualPort(), "d.syslog");
        write(2);
        await().until(() -> lines(texts(received)).size() == 2);
        assertThat(String.join("", texts(received)))
                .startsWith("68 <190>1 ")
                .contains(" d.syslog app web.1 - line 2\n");
        sockets.element().close().await(5, SECONDS);
        await().untilAsserted(() -> {
            write(1);
            assertThat(sockets).hasSize(2);
            assertThat(lines(texts(received))).contains(written);
        });
    }

    @Test
    void syslogOverTlsHoldsTheCertificateAgainstTheName() throws Exception {
        Queue<Buffer> received = new ConcurrentLinkedQueue<>();
        NetServer good = server(
                secure(new NetServerOptions(), test.platform().ca(), "localhost"),
                received,
                new ConcurrentLinkedQueue<>());
        drain("syslog+tls://localhost:" + good.actualPort(), "d.good");
        NetServer other = server(
                secure(new NetServerOptions(), test.platform().ca(), "other.example.org"),
                received,
                new ConcurrentLinkedQueue<>());
        drain("syslog+tls://localhost:" + other.actualPort() + "/?secret=1", "d.other");
        write(1);
        await().until(() -> lines(texts(received)).size() == 1);
        await().untilAsserted(() -> assertThat(history())
                .contains("heroku[logplex]: Error L14 (certificate validation): error=\"")
                .contains("uri=\"syslog+tls://localhost:" + other.actualPort() + "/\""));
        assertThat(String.join("", texts(received))).doesNotContain("d.other");
    }

    @Test
    void httpsIsHeldAgainstTheAuthorities() throws Exception {
        Queue<String> received = new ConcurrentLinkedQueue<>();
        LocalCa foreign =
                LocalCa.load(directory.resolve("foreign"), test.platform().clock());
        int unknown = receiver(secure(new HttpServerOptions(), foreign, "localhost"), (number, request, body) -> 200)
                .actualPort();
        int known = receiver(
                        secure(new HttpServerOptions(), test.platform().ca(), "localhost"), (number, request, body) -> {
                            received.add(body);
                            return 200;
                        })
                .actualPort();
        drain("https://localhost:" + unknown + "/", "d.unknown");
        drain("https://localhost:" + known + "/", "d.known");
        write(1);
        await().until(() -> lines(received).contains(1));
        await().untilAsserted(() -> assertThat(history())
                .contains("Error L14 (certificate validation): error=\"")
                .contains("uri=\"https://localhost:" + unknown + "/\""));
    }

    @Test
    void aBlockedNetworkIsNotConnectedTo() throws Exception {
        logplex.stop().await(10, SECONDS);
        startLogplex(Map.of("CELADON_DRAIN_BLOCKED", "127.0.0.0/8"));
        AtomicInteger asked = new AtomicInteger();
        int port = receiver(new HttpServerOptions(), (number, request, body) -> {
                    asked.incrementAndGet();
                    return 200;
                })
                .actualPort();
        drain("http://localhost:" + port + "/", "d.token");
        write(1);
        await().during(Duration.ofMillis(500)).until(() -> asked.get() == 0);
    }

    @Test
    void aRemovedDrainGetsNoMoreAndANewOneOnlyWhatComes() throws Exception {
        Queue<Buffer> received = new ConcurrentLinkedQueue<>();
        NetServer server = server(new NetServerOptions(), received, new ConcurrentLinkedQueue<>());
        write(1);
        drain("syslog://127.0.0.1:" + server.actualPort(), "d.token");
        write(1);
        await().until(() -> lines(texts(received)).equals(List.of(2)));
        test.platform()
                .database()
                .execute("delete from api.v_drains", Tuple.tuple())
                .await(5, SECONDS);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> test.platform().meters().get("log.drains").gauge().value() == 0);
        write(1);
        await().during(Duration.ofMillis(300))
                .until(() -> lines(texts(received)).equals(List.of(2)));
    }

    @Test
    void aStopDeliversWhatWaits() throws Exception {
        Queue<String> received = new ConcurrentLinkedQueue<>();
        int port = receiver(new HttpServerOptions(), (number, request, body) -> {
                    received.add(body);
                    return 200;
                })
                .actualPort();
        drain("http://127.0.0.1:" + port + "/", "d.token");
        write(500);
        logplex.stop().await(10, SECONDS);
        assertThat(lines(received)).hasSize(500).isSorted();
    }

    /** Answers one post: the status, or 0 for silence. */
    private interface Answer {
        int to(int number, HttpServerRequest request, String body);
    }

    private HttpServer receiver(HttpServerOptions options, Answer answer) throws Exception {
        AtomicInteger count = new AtomicInteger();
        return vertx().createHttpServer(options.setHost("127.0.0.1").setPort(0))
                .requestHandler(request -> request.body().onSuccess(body -> {
                    int status = answer.to(count.incrementAndGet(), request, body.toString());
                    if (status != 0) {
                        request.response().setStatusCode(status).end();
                    }
                }))
                .listen()
                .await(5, SECONDS);
    }

    private NetServer server(NetServerOptions options, Queue<Buffer> received, Queue<NetSocket> sockets)
            throws Exception {
        return vertx().createNetServer(options.setHost("127.0.0.1").setPort(0))
                .connectHandler(socket -> {
                    sockets.add(socket);
                    socket.handler(received::add);
                })
                .listen()
                .await(5, SECONDS);
    }

    private static <T extends TCPSSLOptions> T secure(T options, LocalCa ca, String name) {
        LocalCa.Leaf leaf = ca.issue(List.of(name));
        options.setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertValue(Buffer.buffer(leaf.certificatePem()))
                        .addKeyValue(Buffer.buffer(leaf.keyPem())));
        return options;
    }

    private void drain(String url, String token) throws Exception {
        test.platform()
                .database()
                .execute(
                        "insert into api.v_drains values ($1, $2, $3, $4)",
                        Tuple.of(UUID.randomUUID(), APP, url, token))
                .await(5, SECONDS);
        test.platform().bus().publish(Topic.DRAINS_CHANGED, new DrainsChanged(APP));
        drains++;
        await().until(() -> test.platform().meters().get("log.drains").gauge().value() == drains);
    }

    private void write(int lines) throws Exception {
        List<LogLine> batch = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            batch.add(new LogLine(APP, test.platform().clock().instant(), "app", "web.1", "line " + ++written));
        }
        test.platform().appLog().deliver(batch).await(5, SECONDS);
    }

    private String history() throws Exception {
        String payload = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"app\":\"%s\",\"lines\":1500,\"expires\":99999999999}"
                        .formatted(APP)
                        .getBytes(StandardCharsets.UTF_8));
        String path = "/logs/" + payload + "." + test.platform().keys().sign("log-session", payload);
        URI url = URI.create(logplex.url().replace("localhost", "127.0.0.1") + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private Vertx vertx() {
        return test.platform().vertx();
    }

    private static Post post(HttpServerRequest request, String body) {
        Map<String, String> headers = new HashMap<>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        return new Post(headers, request.uri(), body);
    }

    private static List<String> texts(Queue<Buffer> buffers) {
        return List.of(buffers.stream().map(Buffer::toString).reduce("", String::concat));
    }

    private static List<Integer> lines(Iterable<String> texts) {
        List<Integer> numbers = new ArrayList<>();
        texts.forEach(
                text -> LINE.matcher(text).results().forEach(found -> numbers.add(Integer.parseInt(found.group(1)))));
        return numbers;
    }
}
