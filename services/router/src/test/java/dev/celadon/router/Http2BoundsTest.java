package dev.celadon.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.router.testing.Http2Client;
import dev.celadon.router.testing.Http2Client.Answer;
import dev.celadon.router.testing.Http2Client.Frame;
import dev.celadon.router.testing.Raw;
import dev.celadon.router.testing.RawDyno;
import dev.celadon.router.testing.RouterRig;
import dev.celadon.router.testing.TestApp;
import dev.celadon.router.testing.Tls;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client of HTTP/2 may not do, and what it may not make the router hold. */
class Http2BoundsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int PROTOCOL_ERROR = 1;
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;

    @TempDir
    Path directory;

    private RouterRig rig;
    private RawDyno dyno;
    private TestApp app;

    @BeforeEach
    void start() throws Exception {
        start(Map.of(
                "CELADON_ROUTER_STREAMS", "5",
                "CELADON_ROUTER_KEEP_ALIVE", "300ms",
                "CELADON_ROUTER_MAX_HEADER", "16KB",
                "CELADON_ROUTER_RESPONSE_BUFFER", "100KB"));
    }

    private void start(Map<String, String> settings) throws Exception {
        rig = new RouterRig(directory.resolve(UUID.randomUUID().toString()), settings);
        dyno = rig.dyno();
        app = rig.app(dyno);
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private Http2Client connect() throws Exception {
        Tls tls = new Tls(rig.platform().platform().ca().certificateFile());
        return rig.own(new Http2Client(tls.connect(rig.router().tlsPort(), app.host(), "TLSv1.2", "h2")));
    }

    private Raw asked() {
        Raw connection = dyno.accept();
        connection.head();
        return connection;
    }

    @Test
    void malformedRequestsNeverReachADyno() throws Exception {
        String[][] malformed = {
            {":method", "GET", ":scheme", "https", ":authority", app.host()},
            {":method", "GET", ":path", "/", ":authority", app.host()},
            {":scheme", "https", ":path", "/", ":authority", app.host()},
            {":method", "GET", ":scheme", "https", ":path", "", ":authority", app.host()},
            {":method", "GET", ":scheme", "https", ":path", "a", ":authority", app.host()},
            {":method", "GET", ":scheme", "https", ":path", "/", ":path", "/", ":authority", app.host()},
            {":method", "GET", ":scheme", "https", ":authority", app.host(), "a", "b", ":path", "/"},
            {":method", "CONNECT", ":scheme", "https", ":path", "/", ":authority", app.host()},
        };
        Http2Client client = connect();
        int stream = 1;
        for (String[] fields : malformed) {
            assertThat(client.headers(stream, true, fields).answer(stream).reset)
                    .isEqualTo(PROTOCOL_ERROR);
            stream += 2;
        }
        String[][] fields = {
            {"Upper", "a"},
            {"connection", "close"},
            {"transfer-encoding", "chunked"},
            {"upgrade", "websocket"},
            {"te", "gzip"},
            {"a", "b\r\nevil: c"},
            {"a", " b"},
            {"a\r\nevil", "b"},
            {"", "b"},
            {":unknown", "a"},
            {":status", "200"},
            {"host", "other.localhost"},
            {"content-length", "5"},
        };
        for (String[] field : fields) {
            Answer answer = client.get(stream, app.host(), "/", field).answer(stream);
            assertThat(answer.reset).as(field[0]).isEqualTo(PROTOCOL_ERROR);
            stream += 2;
        }
        // All that ever came to the dyno is a request that is right.
        client.get(stream, app.host(), "/right");
        assertThat(dyno.accept().head()).startsWith("GET /right ");
        assertThat(dyno.connections()).isEqualTo(1);
    }

    @Test
    void aBodyThatIsNotWhatItSaidIsNotWhole() throws Exception {
        Http2Client client = connect().request(1, false, "POST", app.host(), "/", "content-length", "3");
        Raw asked = asked();
        client.data(1, true, "four");
        assertThat(client.answer(1).reset).isEqualTo(PROTOCOL_ERROR);
        assertThat(asked.rest()).isEmpty();
        client.request(3, false, "POST", app.host(), "/");
        Raw again = asked();
        client.data(3, false, "some").headers(3, true, ":path", "/");
        assertThat(client.answer(3).reset).isEqualTo(PROTOCOL_ERROR);
        assertThat(again.rest()).doesNotContain("0\r\n");
    }

    @Test
    void requestsBeyondTheBoundAreRefusedAndMayBeRepeated() throws Exception {
        Http2Client client = connect();
        for (int stream = 1; stream <= 11; stream += 2) {
            client.get(stream, app.host(), "/");
        }
        assertThat(client.answer(11).reset).isEqualTo(REFUSED_STREAM);
        asked().say(OK);
        assertThat(client.hear(Http2Client.DATA).payload()).isEqualTo("ok");
        client.get(13, app.host(), "/");
        asked();
    }

    @Test
    void aHeadThatIsTooLargeIsRefused() throws Exception {
        Http2Client client = connect();
        client.get(1, app.host(), "/", "a", "x".repeat(8_000), "b", "x".repeat(8_000), "c", "x".repeat(300));
        assertThat(client.answer(1).head()).contains(":status: 431");
    }

    @Test
    void aClientThatGivesUpEverythingItAsksForIsSentAway() throws Exception {
        Http2Client client = connect();
        for (int stream = 1; stream < 500; stream += 2) {
            client.get(stream, app.host(), "/").reset(stream);
        }
        assertThat(client.hear(Http2Client.GO_AWAY).error()).isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void aSlowReaderStopsTheDynoAndGetsEverything() throws Exception {
        int size = 20_000_000;
        Http2Client client = connect().get(1, app.host(), "/");
        Raw asked = asked();
        asked.say("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
        Thread saying = new Thread(() -> {
            for (int said = 0; said < size; said += 100_000) {
                asked.say("y".repeat(100_000));
            }
        });
        saying.start();
        // Its window is full and it reads nothing more, while another request of the same client passes.
        client.hear(frame -> client.soFar(1).body.length() == 65_535);
        client.allow(0, size + 10).get(3, app.host(), "/");
        asked().say(OK);
        assertThat(client.answer(3).body).hasToString("ok");
        assertThat(saying.isAlive()).isTrue();
        client.allow(1, size);
        assertThat(client.answer(1).body).hasSize(size);
        saying.join();
    }

    @Test
    void anAnswerThatNobodyTakesIsThrownAway() throws Exception {
        rig.close();
        start(Map.of("CELADON_ROUTER_IDLE_TIMEOUT", "300ms"));
        Http2Client client = connect().get(1, app.host(), "/");
        asked().say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000));
        assertThat(app.line()).contains(" status=200 bytes=100000 ");
        assertThat(client.hear(Http2Client.RESET).stream()).isEqualTo(1);
        assertThat(client.soFar(1).body).hasSize(65_535);
    }

    @Test
    void aDynoThatDoesNotReadStopsItsRequestAndNoOther() throws Exception {
        Http2Client client = connect().request(1, false, "POST", app.host(), "/stuck");
        Raw stuck = asked();
        int sent = 0;
        // Much more than a window, until what the dyno's own buffers take is full and the window is not opened again.
        int window = 65_535;
        String piece = "z".repeat(10_000);
        while (window >= piece.length()) {
            client.data(1, false, piece);
            sent += piece.length();
            window -= piece.length();
            if (window < piece.length() && sent < 2_000_000) {
                Frame more = client.hear(frame -> frame.type() == Http2Client.WINDOW_UPDATE && frame.stream() == 1);
                window += more.number(0);
            }
        }
        client.request(3, true, "POST", app.host(), "/other");
        asked().say(OK);
        assertThat(client.answer(3).body).hasToString("ok");
        client.data(1, true, "");
        stuck.hear("0\r\n\r\n");
        stuck.say(OK);
        assertThat(client.answer(1).body).hasToString("ok");
    }

    @Test
    void anIdleConnectionIsSaidFarewell() throws Exception {
        Http2Client client = connect();
        assertThat(client.hear(Http2Client.GO_AWAY).error()).isZero();
        assertThat(client.ends()).isTrue();
    }

    @Test
    void aRouterThatStopsAnswersWhatItTookAndTakesNoMore() throws Exception {
        Http2Client client = connect().get(1, app.host(), "/");
        Raw asked = asked();
        Thread stopping = new Thread(() -> {
            try {
                rig.stop();
            } catch (java.util.concurrent.TimeoutException late) {
                throw new IllegalStateException(late);
            }
        });
        stopping.start();
        Frame farewell = client.hear(Http2Client.GO_AWAY);
        assertThat(farewell.error()).isZero();
        asked.say(OK);
        assertThat(client.answer(1).body).hasToString("ok");
        assertThat(client.ends()).isTrue();
        stopping.join();
        rig.start();
    }

    @Test
    void h24WhenTheGraceIsOver() throws Exception {
        Http2Client client = connect().get(1, app.host(), "/");
        asked();
        rig.stop();
        assertThat(client.answer(1).reset).isEqualTo(2);
        assertThat(app.line()).startsWith("at=error code=H24 desc=\"Forced close\"");
        rig.start();
    }
}
