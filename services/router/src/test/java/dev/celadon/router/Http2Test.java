package dev.celadon.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.Route;
import dev.celadon.router.testing.Http2Client;
import dev.celadon.router.testing.Http2Client.Answer;
import dev.celadon.router.testing.Raw;
import dev.celadon.router.testing.RawDyno;
import dev.celadon.router.testing.RouterRig;
import dev.celadon.router.testing.TestApp;
import dev.celadon.router.testing.Tls;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that come over HTTP/2 go the way of all others, to dynos that know HTTP/1.1 alone. */
class Http2Test {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Route.Options IMPATIENT = new Route.Options(300, 300, 1_000, null, null, false);

    @TempDir
    static Path directory;

    private static RouterRig rig;
    private static Tls tls;

    @BeforeAll
    static void start() throws Exception {
        rig = new RouterRig(directory, Map.of());
        tls = new Tls(rig.platform().platform().ca().certificateFile());
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    private static Http2Client connect(TestApp app) throws Exception {
        return rig.own(new Http2Client(tls.connect(rig.router().tlsPort(), app.host(), "TLSv1.3", "h2", "http/1.1")));
    }

    private static RawDyno answering(String answer) {
        return rig.dyno().serving(connection -> {
            while (!connection.head().isEmpty()) {
                connection.say(answer);
            }
        });
    }

    @Test
    void aRequestAndItsResponseAreTranslated() throws Exception {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Http2Client client = connect(app)
                .get(1, app.host(), "/a?b", "cookie", "a=1", "te", "trailers", "x-own", "Über", "cookie", "b=2");
        Raw asked = dyno.accept();
        assertThat(asked.head())
                .startsWith("GET /a?b HTTP/1.1\r\nhost: " + app.host() + "\r\nx-own: Über\r\ncookie: a=1; b=2\r\n")
                .contains("\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\n")
                .contains("\r\nVia: 2.0 vegur\r\n")
                .doesNotContainIgnoringCase("\r\nte:")
                .doesNotContainIgnoringCase("\r\nconnection:")
                .doesNotContainIgnoringCase("\r\ntransfer-encoding:");
        asked.say(
                "HTTP/1.1 203 Hm\r\nX-Own: Y\r\nConnection: keep-alive, X-Gone\r\nKeep-Alive: timeout=9\r\nX-Gone: 1\r\n"
                        + "Set-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok");
        Answer answer = client.answer(1);
        assertThat(answer.head())
                .containsExactly(
                        ":status: 203",
                        "x-own: Y",
                        "set-cookie: a",
                        "set-cookie: b",
                        "content-length: 2",
                        "via: 1.1 vegur");
        assertThat(answer.body).hasToString("ok");
        assertThat(app.line())
                .startsWith("at=info method=GET path=\"/a?b\" host=" + app.host())
                .contains(" fwd=\"127.0.0.1\" dyno=web.")
                .endsWith(" status=203 bytes=2 protocol=https");
    }

    @Test
    void bodiesAndTrailersPassBothWays() throws Exception {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Http2Client client = connect(app)
                .request(1, false, "POST", app.host(), "/")
                .data(1, false, "one")
                .data(1, false, "two")
                .headers(1, true, "x-sum", "6");
        Raw asked = dyno.accept();
        assertThat(asked.head()).contains("\r\nTransfer-Encoding: chunked\r\n");
        assertThat(asked.hear("\r\n\r\n")).isEqualTo("3\r\none\r\n3\r\ntwo\r\n0\r\nx-sum: 6\r\n\r\n");
        asked.say(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nfou\r\n2;x\r\nr!\r\n0\r\nX-Sum: 5\r\n\r\n");
        Answer answer = client.answer(1);
        assertThat(answer.body).hasToString("four!");
        assertThat(answer.heads).hasSize(2).last().isEqualTo(List.of("x-sum: 5"));

        client.request(3, false, "PUT", app.host(), "/", "content-length", "3").data(3, true, "abc");
        assertThat(asked.head()).contains("Content-Length: 3\r\n").doesNotContain("chunked");
        assertThat(asked.hear(3)).isEqualTo("abc");
        asked.say("HTTP/1.1 200 OK\r\n\r\nuntil the end").close();
        assertThat(client.answer(3).body).hasToString("until the end");
    }

    @Test
    void interimResponsesPass() throws Exception {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Http2Client client = connect(app)
                .request(1, false, "POST", app.host(), "/", "content-length", "2", "expect", "100-continue");
        Raw asked = dyno.accept();
        asked.head();
        client.hear(Http2Client.HEADERS);
        assertThat(client.soFar(1).head()).containsExactly(":status: 100");
        client.data(1, true, "hi");
        asked.hear("hi");
        asked.say("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK);
        Answer answer = client.answer(1);
        assertThat(answer.heads.get(1)).contains(":status: 103", "link: </a>");
        assertThat(answer.head()).contains(":status: 200");
    }

    @Test
    void headAndNoContentHaveNoBody() throws Exception {
        TestApp app = rig.app(answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
        Answer head = connect(app).request(1, true, "HEAD", app.host(), "/").answer(1);
        assertThat(head.head()).contains("content-length: 1000");
        assertThat(head.body).isEmpty();
        TestApp quiet = rig.app(answering("HTTP/1.1 204 No Content\r\n\r\n"));
        Answer none = connect(quiet).get(1, quiet.host(), "/").answer(1);
        assertThat(none.head()).contains(":status: 204");
        assertThat(none.body).isEmpty();
    }

    @Test
    void requestsOfOneConnectionAreAnsweredInAnyOrder() throws Exception {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Http2Client client = connect(app).get(1, app.host(), "/slow");
        Raw slow = dyno.accept();
        slow.head();
        client.get(3, app.host(), "/quick");
        Raw quick = dyno.accept();
        quick.head();
        quick.say(OK);
        assertThat(client.answer(3).body).hasToString("ok");
        slow.say(OK);
        assertThat(client.answer(1).body).hasToString("ok");
    }

    @Test
    void theRoutersOwnAnswersComeOverHttp2() throws Exception {
        TestApp silent = rig.app(Route.State.SERVING, IMPATIENT, rig.dyno());
        Http2Client client = connect(silent).get(1, silent.host(), "/");
        Answer timeout = client.answer(1);
        assertThat(timeout.head()).contains(":status: 503");
        assertThat(timeout.body).contains("Application error");
        assertThat(silent.line()).startsWith("at=error code=H12 desc=\"Request timeout\"");
        assertThat(client.get(3, "nobody.localhost", "/").answer(3).head()).contains(":status: 404");
        client.headers(5, false, ":method", "CONNECT", ":authority", "example.com:80");
        assertThat(client.answer(5).head()).contains(":status: 405");
        assertThat(client.get(7, silent.host(), "/", "expect", "miracles")
                        .answer(7)
                        .head())
                .contains(":status: 417");
        TestApp other = rig.app(rig.dyno());
        assertThat(client.get(9, other.host(), "/").answer(9).head()).contains(":status: 421");
        assertThat(other.line()).startsWith("at=error code=H31 desc=\"Misdirected Request\"");
        assertThat(client.get(11, silent.host(), "/" + "a".repeat(9_000))
                        .answer(11)
                        .head())
                .contains(":status: 400");
    }

    @Test
    void aResponseThatIsNotWholeDoesNotLookWhole() throws Exception {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Http2Client client = connect(app).get(1, app.host(), "/");
        Raw asked = dyno.accept();
        asked.head();
        asked.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").close();
        Answer answer = client.answer(1);
        assertThat(answer.body).hasToString("half");
        assertThat(answer.reset).isEqualTo(2);
        assertThat(app.line()).startsWith("sock=backend at=error code=H18");
    }

    @Test
    void h27WhenTheClientGivesItsRequestUpAndTheConnectionLivesOn() throws Exception {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Http2Client client = connect(app).get(1, app.host(), "/");
        Raw asked = dyno.accept();
        asked.head();
        client.reset(1);
        assertThat(asked.ends()).isTrue();
        assertThat(app.line()).startsWith("sock=client at=warning code=H27");
        client.get(3, app.host(), "/");
        Raw again = dyno.accept();
        again.head();
        again.say(OK);
        assertThat(client.answer(3).body).hasToString("ok");
    }

    @Test
    void aClientThatIsAnsweredBeforeItHasSentAllMaySendOn() throws Exception {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Http2Client client = connect(app).request(1, false, "POST", app.host(), "/");
        Raw asked = dyno.accept();
        asked.head();
        asked.say(OK);
        assertThat(client.answer(1).body).hasToString("ok");
        client.data(1, true, "more");
        assertThat(asked.hear("0\r\n\r\n")).isEqualTo("4\r\nmore\r\n0\r\n\r\n");
        assertThat(app.line()).startsWith("at=info ").contains(" status=200 ");
    }

    @Test
    void aClientWhoseBodyNobodyReadsAnyMoreIsToldToStopWithoutBlame() throws Exception {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Http2Client client = connect(app).request(1, false, "POST", app.host(), "/");
        Raw asked = dyno.accept();
        asked.head();
        asked.say("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
                .close();
        assertThat(client.answer(1).head()).contains(":status: 413");
        assertThat(client.hear(Http2Client.RESET).error()).isZero();
        assertThat(app.line()).startsWith("at=info ").contains(" status=413 ");
    }

    @Test
    void aDynoIsFreeOnceTheRestFitsTheBuffer() throws Exception {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Http2Client client = connect(app).get(1, app.host(), "/slow");
        Raw asked = dyno.accept();
        asked.head();
        asked.say("HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + "x".repeat(900_000));
        // The client's window lets it take a fourteenth of that, and for the router the request is over.
        client.hear(frame -> client.soFar(1).body.length() == 65_535);
        assertThat(app.line()).contains(" bytes=900000 ");
        client.allow(0, 900_000).get(3, app.host(), "/other");
        assertThat(asked.head()).startsWith("GET /other ");
        asked.say(OK);
        assertThat(client.answer(3).body).hasToString("ok");
        client.allow(1, 900_000);
        assertThat(client.answer(1).body).hasSize(900_000);
    }

    @Test
    void javasOwnClientSpeaksIt() throws Exception {
        String large = "x".repeat(300_000);
        rig.appAt("localhost", rig.dyno().serving(connection -> {
            while (true) {
                String head = connection.head();
                boolean isUpload = head.startsWith("POST");
                String body = isUpload ? connection.hear(large.length()) : large;
                connection.say("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            }
        }));
        HttpClient client = HttpClient.newBuilder().sslContext(tls.context()).build();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("https://localhost:" + rig.router().tlsPort() + "/"));
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 40)
                .mapToObj(i -> client.sendAsync(
                        i % 2 == 0
                                ? request.copy().GET().build()
                                : request.copy()
                                        .POST(HttpRequest.BodyPublishers.ofString(large))
                                        .build(),
                        BodyHandlers.ofString()))
                .toList();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.join().version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.join().body()).isEqualTo(large);
        }
    }
}
