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

    private static final Route.Options IMPATIENT = new Route.Options(300, 300, 1_000, null, null, false);

    @TempDir
    static Path directory;

    private static RouterRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RouterRig(
                directory,
                Map.of(
                        "CELADON_ROUTER_LOOPS", "1",
                        "CELADON_ROUTER_BOOT_TIMEOUT", "3s",
                        "CELADON_ROUTER_QUARANTINE", "30s",
                        "CELADON_ROUTER_HALF_CLOSE", "200ms",
                        "CELADON_ROUTER_DYNO_REQUESTS", "2",
                        "CELADON_ROUTER_DYNO_QUEUE", "1"));
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    private TestApp inState(Route.State state, int status, String head) {
        TestApp app = rig.app(state, Route.Options.NONE);
        Raw client = rig.client().say(app.get("/", ""));
        assertThat(client.head()).startsWith("HTTP/1.1 " + status + " ").contains("Content-Type: text/html");
        app.onlyLine(head, " dyno= connect= service= status=" + status + " bytes= protocol=http");
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
        app.onlyLine(
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
        TestApp app = rig.app(Route.State.SERVING, IMPATIENT, dyno);
        Raw client = rig.client().say(app.post("Content-Length: 5\r\n") + "ab");
        Raw backend = dyno.accept();
        backend.head();
        assertThat(client.isSilent(500)).isTrue();
        long begun = System.nanoTime();
        client.say("cde");
        assertThat(client.head()).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
        assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(290));
        app.onlyLine("at=error code=H12 desc=\"Request timeout\" method=POST", " status=503 bytes=0 protocol=http");
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
        app.onlyLine(
                "at=error code=H13 desc=\"Connection closed without response\"", " status=503 bytes=0 protocol=http");
    }

    @Test
    void h14WhenThereIsNoWebProcess() {
        inState(Route.State.NO_WEB, 503, "at=error code=H14 desc=\"No web processes running\"");
    }

    @Test
    void h15WhenTheDynoFallsSilentInAResponseAndEachByteBeginsTheTimeAnew() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(Route.State.SERVING, IMPATIENT, dyno);
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        client.head();
        for (int i = 0; i < 3; i++) {
            assertThat(client.isSilent(600)).isTrue();
            backend.say("x");
            assertThat(client.hear(1)).isEqualTo("x");
        }
        assertThat(client.ends()).isTrue();
        assertThat(client.isReset()).isTrue();
        app.onlyLine("at=error code=H15 desc=\"Idle connection\"", " status=503 bytes=3 protocol=http");
    }

    @Test
    void h15AlsoInATunnel() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(Route.State.SERVING, IMPATIENT, dyno);
        Raw client = rig.client().say(app.get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        client.head();
        assertThat(client.isSilent(600)).isTrue();
        client.say("ping");
        assertThat(backend.hear(4)).isEqualTo("ping");
        assertThat(client.isSilent(600)).isTrue();
        assertThat(client.ends()).isTrue();
        app.onlyLine("at=error code=H15 ", " bytes=0 protocol=http");
    }

    @Test
    void h12AlsoForAnUpgrade() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(Route.State.SERVING, IMPATIENT, dyno);
        Raw client = rig.client().say(app.get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
        dyno.accept().head();
        assertThat(client.head()).startsWith("HTTP/1.1 503 ");
        app.onlyLine("at=error code=H12 ", " status=503 bytes=0 protocol=http");
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
            app.onlyLine(
                    "at=error code=H17 desc=\"Poorly formatted HTTP response\"", " status=503 bytes=0 protocol=http");
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
        app.onlyLine(
                "sock=backend at=error code=H18 desc=\"Server Request Interrupted\"",
                " status=503 bytes=5 protocol=http");
    }

    @Test
    void h20WhenNoDynoComesUp() {
        long begun = System.nanoTime();
        inState(Route.State.STARTING, 503, "at=error code=H20 desc=\"App boot timeout\"");
        assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2_990));
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
        String line = app.onlyLine(
                "at=error code=H21 desc=\"Backend connection refused\"", " status=503 bytes= protocol=http");
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
        app.onlyLine("at=error code=H25 desc=\"HTTP restriction: " + rule + "\"", " status=502 bytes=0 protocol=http");
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
    void h80AndH81AreNoErrors() {
        inState(Route.State.MAINTENANCE, 503, "at=info code=H80 desc=\"Maintenance mode\"");
        inState(Route.State.BLANK, 503, "at=info code=H81 desc=\"Blank app\"");
    }

    @Test
    void h19WhenAConnectionTakesTooLong() {
        RawDyno dyno = rig.own(RawDyno.deaf());
        TestApp app = rig.app(Route.State.SERVING, IMPATIENT, dyno);
        assertThat(rig.client().say(app.get("/", "")).head()).startsWith("HTTP/1.1 503 ");
        String line = app.onlyLine(
                "at=error code=H19 desc=\"Backend connection timeout\"", " status=503 bytes= protocol=http");
        assertThat(line).containsPattern(" connect=3\\d\\dms service= ");
    }
}
