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

/** H-codes that clients and the router itself bring about, and what an app can set of them. */
class ClientErrorCodesTest {
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

    @Test
    void h26WhenTheClientExpectsWhatNobodyKnows() {
        TestApp app = rig.app(rig.dyno());
        Raw client = rig.client().say(app.post("Expect: a-miracle\r\nContent-Length: 2\r\n"));
        assertThat(client.rest())
                .startsWith("HTTP/1.1 417 Expectation Failed\r\n")
                .contains("Connection: close");
        app.onlyLine(
                "at=error code=H26 desc=\"Request Error\" cause=\"unsupported expect header value\" method=POST",
                " dyno= connect= service= status=417 bytes= protocol=http");
    }

    @Test
    void h26ForBadHeadersAndBadChunks() {
        TestApp app = rig.app(rig.dyno());
        assertThat(rig.client().say(app.post("Content-Length: 1,2\r\n")).rest()).startsWith("HTTP/1.1 400 ");
        app.onlyLine(
                "at=error code=H26 desc=\"Request Error\" cause=\"bad header\" method=POST",
                " dyno= connect= service= status=400 bytes= protocol=http");
        RawDyno dyno = rig.dyno();
        TestApp other = rig.app(dyno);
        Raw client = rig.client().say(other.post("Transfer-Encoding: chunked\r\n") + "xyz\r\n");
        assertThat(client.rest()).startsWith("HTTP/1.1 400 ");
        other.onlyLine(
                "at=error code=H26 desc=\"Request Error\" cause=\"bad chunk\"", " status=400 bytes=0 protocol=http");
        assertThat(dyno.accept().rest()).doesNotContain("xyz");
    }

    @Test
    void whatIsTooLargeNeverReachesADyno() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        String[] requests = {
            app.get("/" + "a".repeat(8_192), ""),
            app.get("/", "A: " + "b".repeat(8_192) + "\r\n"),
            app.get("/", "a".repeat(1_001) + ": b\r\n"),
            app.get("/", "A: b\r\n".repeat(1_001)),
            app.get("/", "").replace("GET", "G".repeat(128)),
        };
        for (String request : requests) {
            assertThat(rig.client().say(request).rest()).startsWith("HTTP/1.1 400 Bad Request\r\n");
        }
        assertThat(dyno.connections()).isZero();
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
        app.onlyLine(
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
        TestApp app = rig.app(Route.State.SERVING, IMPATIENT, dyno);
        Raw client = rig.client().say(app.post("Content-Length: 10\r\n") + "part");
        dyno.accept().head();
        assertThat(client.ends()).isTrue();
        app.onlyLine("at=warning code=H28 desc=\"Client Connection Idle\"", " status=499 bytes=0 protocol=http");
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
        try (RouterRig stopped = new RouterRig(
                directory.resolve("stopped"), Map.of("CELADON_ROUTER_DRAIN", "300ms", "CELADON_ROUTER_LOOPS", "1"))) {
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
    void anAppHasItsOwnLimitsAndPages() {
        Route.Options options = new Route.Options(100, 100, 100, "https://e.example/?a&b", "https://m.example/", false);
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(Route.State.SERVING, options, dyno);
        long begun = System.nanoTime();
        Raw client = rig.client().say(app.get("/", ""));
        dyno.accept().head();
        assertThat(client.hear("</html>")).contains("<iframe src=\"https://e.example/?a&amp;b\"");
        assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(20));
        app.publish(Route.State.MAINTENANCE, options);
        assertThat(rig.client().say(app.get("/", "")).hear("</html>")).contains("<iframe src=\"https://m.example/\"");
    }
}
