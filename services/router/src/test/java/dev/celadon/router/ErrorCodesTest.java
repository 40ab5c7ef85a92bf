package dev.celadon.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.Route;
import dev.celadon.router.testing.Raw;
import dev.celadon.router.testing.RawDyno;
import dev.celadon.router.testing.RouterRig;
import dev.celadon.router.testing.TestApp;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every H-code, made to happen: what the client sees, and the log line word for word. */
class ErrorCodesTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    static Path directory;

    private static RouterRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RouterRig(
                directory,
                Map.of(
                        "CELADON_ROUTER_FIRST_BYTE_TIMEOUT", "300ms",
                        "CELADON_ROUTER_IDLE_TIMEOUT", "400ms",
                        "CELADON_ROUTER_CONNECT_TIMEOUT", "300ms",
                        "CELADON_ROUTER_BOOT_TIMEOUT", "1s",
                        "CELADON_ROUTER_QUARANTINE", "20s",
                        "CELADON_ROUTER_HALF_CLOSE", "200ms",
                        "CELADON_ROUTER_KEEP_ALIVE", "1s",
                        "CELADON_ROUTER_DYNO_REQUESTS", "2",
                        "CELADON_ROUTER_DYNO_QUEUE", "1"));
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    private static String only(TestApp app, String headOfLine, String endOfLine) {
        String line = app.line();
        assertThat(line).startsWith(headOfLine).endsWith(endOfLine);
        assertThat(line)
                .matches(
                        ".* method=\\S+ path=\"/[^\"]*\" host=" + app.host()
                                + " request_id=[0-9a-f-]{36} fwd=\"127.0.0.1\" dyno=\\S* connect=\\S* service=\\S* status=\\d* bytes=\\d* protocol=http");
        return line;
    }

    private TestApp inState(Route.State state, int status, String head) {
        TestApp app = rig.app(state, Route.Options.NONE);
        Raw client = rig.client().say(app.get("/", ""));
        assertThat(client.head()).startsWith("HTTP/1.1 " + status + " ").contains("Content-Type: text/html");
        only(app, head, " dyno= connect= service= status=" + status + " bytes= protocol=http");
        return app;
    }

    @Test
    void h10WhenTheAppCrashed() {
        inState(Route.State.CRASHED, 503, "at=error code=H10 desc=\"App crashed\"");
    }

    @Test
    void h11WhenTooManyWait() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw[] clients = new Raw[4];
        Raw[] backends = new Raw[2];
        for (int i = 0; i < 3; i++) {
            clients[i] = rig.client().say(app.get("/" + i, ""));
            if (i < 2) {
                backends[i] = dyno.accept();
                backends[i].head();
            }
        }
        assertThat(clients[2].isSilent(50)).isTrue();
        clients[3] = rig.client().say(app.get("/3", ""));
        assertThat(clients[3].head()).startsWith("HTTP/1.1 503 ");
        only(
                app,
                "at=error code=H11 desc=\"Backlog too deep\"",
                " dyno= connect= service= status=503 bytes= protocol=http");
        backends[0].say(OK);
        assertThat(clients[0].hear("ok")).startsWith("HTTP/1.1 200");
        // A place is free, and the one that waited takes it.
        assertThat(backends[0].head()).startsWith("GET /2 ");
    }

    @Test
    void h12WhenNoFirstByteComesAfterTheWholeRequest() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.post("Content-Length: 5\r\n") + "ab");
        Raw backend = dyno.accept();
        backend.head();
        assertThat(client.isSilent(350)).isTrue();
        long begun = System.nanoTime();
        client.say("cde");
        assertThat(client.head()).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
        assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(290));
        only(app, "at=error code=H12 desc=\"Request timeout\" method=POST", " status=503 bytes=0 protocol=http");
    }

    @Test
    void h13WhenTheDynoClosesWithoutAWord() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.close();
        assertThat(client.head()).startsWith("HTTP/1.1 503 ");
        only(app, "at=error code=H13 desc=\"Connection closed without response\"", " status=503 bytes=0 protocol=http");
    }

    @Test
    void h14WhenThereIsNoWebProcess() {
        inState(Route.State.NO_WEB, 503, "at=error code=H14 desc=\"No web processes running\"");
    }

    @Test
    void h15WhenTheDynoFallsSilentInAResponseAndEachByteBeginsTheTimeAnew() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        client.head();
        for (int i = 0; i < 3; i++) {
            assertThat(client.isSilent(250)).isTrue();
            backend.say("x");
            assertThat(client.hear(1)).isEqualTo("x");
        }
        assertThat(client.ends()).isTrue();
        assertThat(client.isReset()).isTrue();
        only(app, "at=error code=H15 desc=\"Idle connection\"", " status=503 bytes=3 protocol=http");
    }

    @Test
    void h15AlsoInATunnel() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        client.head();
        assertThat(client.isSilent(250)).isTrue();
        client.say("ping");
        assertThat(backend.hear(4)).isEqualTo("ping");
        assertThat(client.isSilent(250)).isTrue();
        assertThat(client.ends()).isTrue();
        only(app, "at=error code=H15 ", " bytes=0 protocol=http");
    }

    @Test
    void h12AlsoForAnUpgrade() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
        dyno.accept().head();
        assertThat(client.head()).startsWith("HTTP/1.1 503 ");
        only(app, "at=error code=H12 ", " status=503 bytes=0 protocol=http");
    }

    @Test
    void h17WhenTheResponseIsMalformed() {
        for (String bad : new String[] {
            "hello\r\n\r\n",
            "HTTP/1.1 200\r\n\r\n",
            "HTTP/1.1 2x0 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 101 Unasked\r\n\r\n"
        }) {
            RawDyno dyno = rig.dyno();
            TestApp app = rig.app(dyno);
            Raw client = rig.client().say(app.get("/", ""));
            Raw backend = dyno.accept();
            backend.head();
            backend.say(bad);
            assertThat(client.head()).as(bad).startsWith("HTTP/1.1 503 ");
            only(app, "at=error code=H17 desc=\"Poorly formatted HTTP response\"", " status=503 bytes=0 protocol=http");
        }
    }

    @Test
    void h18WhenTheDynoDiesInAResponse() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        client.hear("hello\r\n");
        backend.close();
        assertThat(client.rest()).isEmpty();
        assertThat(client.isReset()).isTrue();
        only(
                app,
                "sock=backend at=error code=H18 desc=\"Server Request Interrupted\"",
                " status=503 bytes=5 protocol=http");
    }

    @Test
    void h20WhenNoDynoComesUp() {
        long begun = System.nanoTime();
        inState(Route.State.STARTING, 503, "at=error code=H20 desc=\"App boot timeout\"");
        assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(990));
    }

    @Test
    void aRequestWaitsForADynoThatComesUp() {
        TestApp app = rig.app(Route.State.STARTING, Route.Options.NONE);
        Raw client = rig.client().say(app.get("/", ""));
        assertThat(client.isSilent(100)).isTrue();
        RawDyno dyno = rig.dyno();
        app.publish(Route.State.SERVING, Route.Options.NONE, dyno);
        Raw backend = dyno.accept();
        backend.head();
        backend.say(OK);
        assertThat(client.hear("ok")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void h21WhenEveryDynoRefusesAndH99WhenAllAreQuarantined() {
        RawDyno one = rig.dyno();
        RawDyno two = rig.dyno();
        TestApp app = rig.app(one, two);
        one.close();
        two.close();
        assertThat(rig.client().say(app.get("/", "")).head()).startsWith("HTTP/1.1 503 ");
        String line =
                only(app, "at=error code=H21 desc=\"Backend connection refused\"", " status=503 bytes= protocol=http");
        assertThat(line).containsPattern(" dyno=web\\.\\d+ connect=\\d+ms service= status");
        assertThat(rig.client().say(app.get("/", "")).head()).startsWith("HTTP/1.1 503 ");
        assertThat(app.line(2)).startsWith("at=error code=H99 desc=\"Platform error\"");
    }

    @Test
    void aRefusedRequestGoesToAnotherDynoAndTheFirstIsLeftAlone() {
        RawDyno gone = rig.dyno();
        RawDyno dyno = rig.dyno().serving(connection -> {
            while (!connection.head().isEmpty()) {
                connection.say(OK);
            }
        });
        TestApp app = rig.app(gone, dyno);
        gone.close();
        for (int i = 0; i < 20; i++) {
            assertThat(rig.client().say(app.get("/", "")).hear("ok")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void h22WhenThereAreTooManyConnections() throws Exception {
        try (RouterRig small = new RouterRig(
                directory.resolve("small"), Map.of("CELADON_ROUTER_CONNECTIONS", "2", "CELADON_ROUTER_LOOPS", "1"))) {
            TestApp app = small.app(small.dyno());
            Raw one = small.client();
            Raw two = small.client();
            assertThat(one.isSilent(20) && two.isSilent(20)).isTrue();
            assertThat(small.client().say(app.get("/", "")).head()).startsWith("HTTP/1.1 503 ");
            assertThat(app.line())
                    .startsWith("at=error code=H22 desc=\"Connection limit reached\"")
                    .contains("status=503 bytes= ");
        }
    }

    @Test
    void h24WhenTheRouterStopsAndTheGraceIsOver() throws Exception {
        try (RouterRig stopped = new RouterRig(directory.resolve("stopped"), Map.of("CELADON_ROUTER_DRAIN", "300ms"))) {
            RawDyno dyno = stopped.dyno();
            TestApp app = stopped.app(dyno);
            Raw idle = stopped.client();
            Raw client = stopped.client().say(app.get("/slow", ""));
            Raw quick = stopped.client().say(app.get("/quick", ""));
            Raw one = dyno.accept();
            Raw other = dyno.accept();
            Raw last = one.head().startsWith("GET /quick") ? one : other;
            var stopping = stopped.router().stop();
            assertThat(idle.ends()).isTrue();
            last.say(OK);
            assertThat(quick.rest()).contains("Connection: close\r\n").endsWith("ok");
            stopping.await(5, TimeUnit.SECONDS);
            assertThat(client.ends()).isTrue();
            assertThat(app.line(2))
                    .startsWith("at=error code=H24 desc=\"Forced close\"")
                    .contains(" status= bytes=0 ");
            stopped.start();
        }
    }

    @Test
    void h25WhenTheResponseBreaksARestriction() {
        String[][] cases = {
            {"Content-Length: 1\r\nContent-Length: 2\r\n", "invalid content length"},
            {"Content-Length: 1,2\r\n", "invalid content length"},
            {"Set-Cookie: " + "c".repeat(8_193) + "\r\n", "oversized cookie"},
            {"A: " + "a".repeat(512 * 1024) + "\r\n", "oversized header"},
        };
        for (String[] each : cases) {
            check25("HTTP/1.1 200 OK\r\n" + each[0] + "\r\n", each[1]);
        }
        check25("HTTP/1.1 200 " + "k".repeat(8_200) + "\r\n\r\n", "oversized status line");
    }

    private void check25(String response, String rule) {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say(response);
        assertThat(client.head()).as(rule).startsWith("HTTP/1.1 502 ");
        only(app, "at=error code=H25 desc=\"HTTP restriction: " + rule + "\"", " status=502 bytes=0 protocol=http");
    }

    @Test
    void aLargeResponseHeaderBelowTheLimitPasses() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 200 OK\r\nA: " + "a".repeat(500 * 1024) + "\r\nContent-Length: 2\r\n\r\nok");
        assertThat(client.hear("\r\n\r\nok")).hasSizeGreaterThan(500 * 1024);
    }

    @Test
    void h26WhenTheClientExpectsWhatNobodyKnows() {
        TestApp app = rig.app(rig.dyno());
        Raw client = rig.client().say(app.post("Expect: a-miracle\r\nContent-Length: 2\r\n"));
        assertThat(client.rest())
                .startsWith("HTTP/1.1 417 Expectation Failed\r\n")
                .contains("Connection: close");
        only(
                app,
                "at=error code=H26 desc=\"Request Error\" cause=\"unsupported expect header value\" method=POST",
                " dyno= connect= service= status=417 bytes= protocol=http");
    }

    @Test
    void h26ForBadHeadersAndBadChunks() {
        TestApp app = rig.app(rig.dyno());
        assertThat(rig.client().say(app.post("Content-Length: 1,2\r\n")).rest()).startsWith("HTTP/1.1 400 ");
        only(
                app,
                "at=error code=H26 desc=\"Request Error\" cause=\"bad header\" method=POST",
                " dyno= connect= service= status=400 bytes= protocol=http");
        RawDyno dyno = rig.dyno();
        TestApp other = rig.app(dyno);
        Raw client = rig.client().say(other.post("Transfer-Encoding: chunked\r\n") + "xyz\r\n");
        assertThat(client.rest()).startsWith("HTTP/1.1 400 ");
        only(
                other,
                "at=error code=H26 desc=\"Request Error\" cause=\"bad chunk\"",
                " status=400 bytes=0 protocol=http");
        assertThat(dyno.accept().rest()).doesNotContain("xyz");
    }

    @Test
    void h27WhenTheClientGoes() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        client.close();
        assertThat(backend.ends()).isTrue();
        only(
                app,
                "sock=client at=warning code=H27 desc=\"Client Request Interrupted\"",
                " status=499 bytes=0 protocol=http");
    }

    @Test
    void h27WhenTheClientGoesInItsBodyOrInTheResponse() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.post("Content-Length: 10\r\n") + "part");
        Raw backend = dyno.accept();
        backend.head();
        client.close();
        assertThat(backend.rest()).isEqualTo("part");
        assertThat(app.line()).startsWith("sock=client at=warning code=H27 ");
        client = rig.client().say(app.get("/", ""));
        backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        client.hear("abc");
        client.reset();
        assertThat(backend.ends()).isTrue();
        assertThat(app.line(2)).startsWith("sock=client at=warning code=H27 ").contains("status=499 bytes=3 ");
    }

    @Test
    void h28WhenTheClientsBodyStalls() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.post("Content-Length: 10\r\n") + "part");
        dyno.accept().head();
        assertThat(client.ends()).isTrue();
        only(app, "at=warning code=H28 desc=\"Client Connection Idle\"", " status=499 bytes=0 protocol=http");
    }

    @Test
    void h80AndH81AreNoErrors() {
        inState(Route.State.MAINTENANCE, 503, "at=info code=H80 desc=\"Maintenance mode\"");
        inState(Route.State.BLANK, 503, "at=info code=H81 desc=\"Blank app\"");
    }

    @Test
    void h19WhenAConnectionTakesTooLong() {
        RawDyno dyno = rig.own(RawDyno.deaf());
        TestApp app = rig.app(dyno);
        assertThat(rig.client().say(app.get("/", "")).head()).startsWith("HTTP/1.1 503 ");
        String line =
                only(app, "at=error code=H19 desc=\"Backend connection timeout\"", " status=503 bytes= protocol=http");
        assertThat(line).containsPattern(" connect=3\\d\\dms service= ");
    }

    @Test
    void anAppHasItsOwnLimitsAndPages() {
        Route.Options options = new Route.Options(100, 100, 100, "https://e.example/?a&b", "https://m.example/", false);
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(Route.State.SERVING, options, dyno);
        long begun = System.nanoTime();
        Raw client = rig.client().say(app.get("/", ""));
        dyno.accept().head();
        assertThat(client.hear("</html>")).contains("<iframe src=\"https://e.example/?a&amp;b\"");
        assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.MILLISECONDS.toNanos(280));
        app.publish(Route.State.MAINTENANCE, options);
        assertThat(rig.client().say(app.get("/", "")).hear("</html>")).contains("<iframe src=\"https://m.example/\"");
    }
}
