package dev.celadon.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.router.testing.Raw;
import dev.celadon.router.testing.RawDyno;
import dev.celadon.router.testing.RouterRig;
import dev.celadon.router.testing.TestApp;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How messages pass: each test speaks raw bytes on both sides. */
class RoutingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    static Path directory;

    private static RouterRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RouterRig(directory, Map.of("CELADON_ROUTER_IDLE_TIMEOUT", "20s"));
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    @Test
    void bothConnectionsAreKept() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/one", ""));
        Raw backend = dyno.accept();
        assertThat(backend.head()).startsWith("GET /one HTTP/1.1\r\nHost: " + app.host() + "\r\n");
        backend.say(OK);
        assertThat(client.hear("ok")).startsWith("HTTP/1.1 200 OK\r\n").doesNotContain("Connection:");
        client.say(app.get("/two", ""));
        assertThat(backend.head()).startsWith("GET /two ");
        backend.say(OK);
        client.hear("ok");
        assertThat(app.line(2)).contains("path=\"/two\"").contains("connect=0ms");
    }

    @Test
    void aDynoGetsTheRoutersHeaders() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        rig.client()
                .say(app.get(
                        "/",
                        "X-Forwarded-For: 1.2.3.4\r\nX_Forwarded_Proto: https\r\nX-Forwarded-Proto: https\r\n"
                                + "X-Request-Id: 0123456789abcdef0123\r\nVia: 1.0 fred\r\n"
                                + "Connection: X-Private, keep-alive\r\nX-Private: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n"
                                + "Proxy-Authorization: x\r\nAccept: */*\r\n"));
        String head = dyno.accept().head();
        assertThat(head)
                .contains("X-Forwarded-For: 1.2.3.4, 127.0.0.1\r\n")
                .contains("X-Forwarded-Proto: http\r\n")
                .contains("X-Forwarded-Port: 80\r\n")
                .contains("X-Request-Id: 0123456789abcdef0123\r\n")
                .contains("Via: 1.0 fred\r\n")
                .contains("Via: 1.1 vegur\r\n")
                .contains("Accept: */*\r\n")
                .containsPattern("X-Request-Start: \\d{13}\r\n")
                .containsPattern("Connect-Time: \\d+\r\n")
                .containsPattern("Total-Route-Time: \\d+\r\n")
                .doesNotContain("X-Private", "Keep-Alive", "TE:", "Proxy-Authorization", "Connection:", "https");
    }

    @Test
    void anIllFormedRequestIdIsReplaced() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        rig.client().say(app.get("/", "X-Request-Id: short\r\n"));
        assertThat(dyno.accept().head())
                .containsPattern(
                        "X-Request-Id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\r\n");
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client =
                rig.client().say(app.get("/1", "") + app.post("Content-Length: 3\r\n") + "abc" + app.get("/3", ""));
        Raw backend = dyno.accept();
        for (int i = 1; i <= 3; i++) {
            assertThat(backend.head()).startsWith(i == 2 ? "POST / " : "GET /" + i);
            if (i == 2) {
                assertThat(backend.hear(3)).isEqualTo("abc");
            }
            assertThat(backend.isSilent(50)).isTrue();
            backend.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + i);
        }
        for (int i = 1; i <= 3; i++) {
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
            assertThat(client.hear(1)).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    void http10GetsNoChunksAndIsClosed() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say("GET / HTTP/1.0\r\nHost: " + app.host() + "\r\n\r\n");
        Raw backend = dyno.accept();
        assertThat(backend.head()).startsWith("GET / HTTP/1.1\r\n");
        backend.say(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nA: b\r\n\r\n");
        assertThat(client.rest())
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Connection: close\r\n")
                .doesNotContain("Transfer-Encoding")
                .endsWith("\r\n\r\nabcde");
    }

    @Test
    void http10IsKeptOnlyWhenItAsks() {
        RawDyno dyno = rig.dyno().serving(connection -> {
            while (!connection.head().isEmpty()) {
                connection.say(OK);
            }
        });
        TestApp app = rig.app(dyno);
        String request = "GET / HTTP/1.0\r\nHost: " + app.host() + "\r\nConnection: keep-alive\r\n\r\n";
        Raw client = rig.client().say(request);
        assertThat(client.hear("ok")).contains("Connection: keep-alive\r\n");
        client.say(request.replace("keep-alive", "close"));
        assertThat(client.rest()).contains("Connection: close\r\n").endsWith("ok");
        assertThat(rig.client()
                        .say("GET http://" + app.host() + "/ HTTP/1.0\r\n\r\n")
                        .rest())
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void chunksAndTrailersPassBothWays() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.post("Transfer-Encoding: chunked\r\nTrailer: A\r\n"));
        Raw backend = dyno.accept();
        assertThat(backend.head()).contains("Transfer-Encoding: chunked\r\n").doesNotContain("Content-Length");
        for (String part : new String[] {"3", "\r\nab", "c\r", "\n2;ext=1\r\nde\r\n0\r", "\nA: 1\r\nContent-Le"}) {
            client.say(part);
            assertThat(client.isSilent(20)).isTrue();
        }
        client.say("ngth: 5\r\n\r\n");
        assertThat(backend.hear("0\r\nA: 1\r\n\r\n")).isEqualTo("3\r\nabc\r\n2\r\nde\r\n0\r\nA: 1\r\n\r\n");
        backend.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\nx\r\n0\r\nB: 2\r\n\r\n");
        assertThat(client.head()).contains("Transfer-Encoding: chunked\r\n");
        assertThat(client.hear("B: 2\r\n\r\n")).isEqualTo("1\r\nx\r\n0\r\nB: 2\r\n\r\n");
        assertThat(app.line()).contains("status=200 bytes=1 ");
    }

    @Test
    void ofChunksAndALengthTheChunksCountAndTheConnectionEnds() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client()
                .say(app.post("Content-Length: 100\r\nTransfer-Encoding: chunked\r\n") + "1\r\nx\r\n0\r\n\r\n");
        Raw backend = dyno.accept();
        assertThat(backend.head()).doesNotContain("Content-Length");
        assertThat(backend.hear("0\r\n\r\n")).isEqualTo("1\r\nx\r\n0\r\n\r\n");
        backend.say(OK);
        assertThat(client.rest()).contains("Connection: close\r\n").endsWith("ok");
    }

    @Test
    void equalLengthsAreOneLength() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        rig.client().say(app.post("Content-Length: 2\r\nContent-Length: 2\r\n") + "ab");
        Raw backend = dyno.accept();
        assertThat(backend.head().split("Content-Length: 2", -1)).hasSize(2);
        assertThat(backend.hear(2)).isEqualTo("ab");
    }

    @Test
    void headAndNoContentHaveNoBody() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", "").replace("GET", "HEAD"));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
        assertThat(client.head()).contains("Content-Length: 500\r\n");
        for (int status : new int[] {204, 304}) {
            client.say(app.get("/" + status, ""));
            backend.head();
            backend.say("HTTP/1.1 " + status + " X\r\nETag: a\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 " + status + " X\r\nETag: a\r\n");
        }
        client.say(app.get("/", ""));
        backend.head();
        backend.say("HTTP/1.1 204 No Content\r\n\r\nthis is never relayed");
        assertThat(client.head()).startsWith("HTTP/1.1 204 ");
        assertThat(client.isSilent(50)).isTrue();
        assertThat(backend.ends()).isTrue();
    }

    @Test
    void aBodyUntilTheEndBecomesChunks() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.0 200 OK\r\n\r\nhello");
        assertThat(client.hear("5\r\nhello\r\n")).contains("Transfer-Encoding: chunked\r\n");
        backend.close();
        assertThat(client.hear("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
        client.say(app.get("/again", ""));
        assertThat(dyno.accept().head()).startsWith("GET /again");
    }

    @Test
    void earlyHintsPassAndAContinueOfTheDynoDoesNot() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK);
        assertThat(client.head()).startsWith("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n");
        assertThat(client.hear("ok")).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void anUpgradeBecomesATunnelThatCanBeHalfClosed() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", "Connection: keep-alive, Upgrade\r\nUpgrade: chat\r\n") + "early");
        Raw backend = dyno.accept();
        assertThat(backend.head()).contains("Connection: Upgrade\r\n").contains("Upgrade: chat\r\n");
        assertThat(backend.isSilent(50)).isTrue();
        backend.say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nhi");
        assertThat(client.hear("\r\n\r\nhi"))
                .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                .contains("Connection: Upgrade\r\n")
                .contains("Upgrade: chat\r\n");
        assertThat(backend.hear(5)).isEqualTo("early");
        client.say("GET / HTTP/1.1\r\n\r\n").endOutput();
        assertThat(backend.rest()).isEqualTo("GET / HTTP/1.1\r\n\r\n");
        backend.say("last words").endOutput();
        assertThat(client.rest()).isEqualTo("last words");
        assertThat(app.line()).startsWith("at=info").contains("status=101 bytes=12 ");
    }

    @Test
    void anyMethodMayAskForAnotherProtocol() {
        for (String method : new String[] {"POST", "BREW"}) {
            RawDyno dyno = rig.dyno();
            TestApp app = rig.app(dyno);
            String asking =
                    app.get("/", "Connection: Upgrade\r\nUpgrade: chat\r\n").replace("GET", method);
            Raw client = rig.client().say(asking);
            Raw backend = dyno.accept();
            assertThat(backend.head()).startsWith(method + " / ").contains("Upgrade: chat\r\n");
            backend.say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nhello");
            assertThat(client.hear("hello")).startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void anUpgradeThatIsRefusedOrNotAskedForIsAnOrdinaryRequest() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/1", "Upgrade: chat\r\n"));
        Raw backend = dyno.accept();
        assertThat(backend.head()).doesNotContain("Upgrade");
        backend.say(OK);
        client.hear("ok");
        client.say(app.get("/2", "Connection: Upgrade\r\nUpgrade: chat\r\n") + app.get("/3", ""));
        assertThat(backend.head()).contains("Upgrade: chat");
        backend.say(OK);
        client.hear("ok");
        assertThat(backend.head()).startsWith("GET /3 ");
        backend.say(OK);
        client.hear("ok");
    }

    @Test
    void aClientThatSaidItIsTheLastMayCloseItsSide() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", "Connection: close\r\n")).endOutput();
        Raw backend = dyno.accept();
        backend.head();
        assertThat(client.isSilent(100)).isTrue();
        backend.say(OK);
        assertThat(client.rest()).endsWith("ok");
    }

    @Test
    void aDynoThatAnswersBeforeTheBodyIsHeard() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.post("Content-Length: 1000000\r\n") + "begin");
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        backend.close();
        assertThat(client.rest()).startsWith("HTTP/1.1 413 Too Large\r\n").endsWith("no");
        assertThat(app.line()).startsWith("at=info").contains("status=413 bytes=2 ");
    }

    @Test
    void aRequestIsSentAgainWhenTheDynoHadClosedTheKeptConnection() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/1", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say(OK);
        client.hear("ok");
        client.say(app.get("/2", ""));
        backend.head();
        backend.reset();
        Raw next = dyno.accept();
        assertThat(next.head()).startsWith("GET /2 ");
        next.say(OK);
        assertThat(client.hear("ok")).startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void unknownHostsAndConnectAreRefused() {
        Raw client = rig.client().say("GET / HTTP/1.1\r\nHost: nobody.localhost\r\n\r\n");
        assertThat(client.hear("</html>\n"))
                .startsWith("HTTP/1.1 404 Not Found")
                .contains("No such app");
        client.say("CONNECT a.localhost:443 HTTP/1.1\r\nHost: a.localhost:443\r\n\r\n");
        assertThat(client.rest()).startsWith("HTTP/1.1 405 ");
    }

    @Test
    void aSlowReaderStopsTheDynoAndGetsEverything() throws Exception {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        int length = 64 * 1024 * 1024;
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        java.util.concurrent.atomic.AtomicLong sent = new java.util.concurrent.atomic.AtomicLong();
        Thread writer = new Thread(() -> {
            backend.say("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
            byte[] block = new byte[64 * 1024];
            for (int i = 0; i < length; i += block.length) {
                backend.say(block);
                sent.addAndGet(block.length);
            }
        });
        writer.start();
        client.head();
        long before = -1;
        while (before != sent.get()) {
            before = sent.get();
            writer.join(300);
        }
        assertThat(before).isLessThan(length / 2);
        int heard = 0;
        while (heard < length) {
            heard += client.hear(64 * 1024).length();
        }
        writer.join();
        assertThat(app.line()).contains("bytes=" + length);
    }
}
