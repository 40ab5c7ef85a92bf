package dev.celadon.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.Route;
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

/** {@code Expect: 100-continue}: the router answers it, or the dyno of an app that wants to. */
class ExpectationTest {
    private static final Route.Options END_TO_END = new Route.Options(null, null, null, null, null, true);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String EXPECT = "Expect: 100-continue\r\nContent-Length: 3\r\n";

    @TempDir
    static Path directory;

    private static RouterRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RouterRig(directory, Map.of());
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    @Test
    void theRouterAnswersAndTheDynoNeverHearsOfIt() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.post(EXPECT));
        assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        client.say("abc");
        Raw backend = dyno.accept();
        assertThat(backend.head()).doesNotContain("Expect");
        backend.hear(3);
        backend.say("HTTP/1.1 100 Continue\r\n\r\n" + OK);
        assertThat(client.hear("ok")).startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void nobodyIsToldToGoOnBeforeThereIsADyno() {
        TestApp app = rig.app(Route.State.NO_WEB, Route.Options.NONE);
        assertThat(rig.client().say(app.post(EXPECT)).head()).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void http10IsNeverToldToGoOn() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say("POST / HTTP/1.0\r\nHost: " + app.host() + "\r\n" + EXPECT + "\r\nabc");
        Raw backend = dyno.accept();
        backend.head();
        backend.hear(3);
        backend.say(OK);
        assertThat(client.rest()).startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void endToEndTheDynoAnswersWithoutHeaders() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(Route.State.SERVING, END_TO_END, dyno);
        Raw client = rig.client().say(app.post(EXPECT));
        Raw backend = dyno.accept();
        assertThat(backend.head()).contains("Expect: 100-continue\r\n");
        assertThat(client.isSilent(50)).isTrue();
        backend.say("HTTP/1.1 100 Continue\r\nConnection: close\r\nX: y\r\n\r\n");
        assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        client.say("abc");
        backend.hear(3);
        backend.say(OK);
        assertThat(client.hear("ok")).startsWith("HTTP/1.1 200 OK");
        client.say(app.get("/again", ""));
        assertThat(backend.head()).startsWith("GET /again");
    }

    @Test
    void endToEndTheDynoMayRefuseTheBody() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(Route.State.SERVING, END_TO_END, dyno);
        Raw client = rig.client().say(app.post(EXPECT));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        assertThat(client.rest()).startsWith("HTTP/1.1 417 Expectation Failed");
    }

    @Test
    void endToEndASecondContinueIsMalformed() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(Route.State.SERVING, END_TO_END, dyno);
        Raw client = rig.client().say(app.post(EXPECT));
        Raw backend = dyno.accept();
        backend.head();
        backend.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 100 ");
        assertThat(client.head()).startsWith("HTTP/1.1 503 ");
        assertThat(app.line()).startsWith("at=error code=H17");
    }
}
