package dev.celadon.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.router.testing.Raw;
import dev.celadon.router.testing.RawDyno;
import dev.celadon.router.testing.RouterRig;
import dev.celadon.router.testing.TestApp;
import dev.celadon.router.testing.Tls;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An ACME server asks the router, and gets the platform's answer or else the app's. */
class ChallengeTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String PATH = "/.well-known/acme-challenge/";

    @TempDir
    Path directory;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final BlockingQueue<RoutingContext> unanswered = new LinkedBlockingQueue<>();
    private RouterRig rig;
    private RawDyno dyno;
    private TestApp app;

    @BeforeEach
    void start() throws Exception {
        rig = new RouterRig(directory, Map.of());
        rig.platform()
                .platform()
                .internal()
                .router()
                .get("/api/acme-challenges/:token")
                .handler(context -> {
                    String token = context.pathParam("token");
                    asked.add(context.request().getParam("host") + " " + token);
                    switch (token) {
                        case "known" -> context.end("known.thumbprint");
                        case "broken" -> context.response().setStatusCode(500).end();
                        case "late" -> unanswered.add(context);
                        default -> context.response().setStatusCode(404).end();
                    }
                });
        dyno = rig.dyno();
        app = rig.app(dyno);
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private RoutingContext unanswered() throws InterruptedException {
        RoutingContext context = unanswered.poll(5, TimeUnit.SECONDS);
        assertThat(context).isNotNull();
        return context;
    }

    @Test
    void thePlatformAnswersItsOwnChallengeEvenForAHostWithoutAnApp() {
        assertThat(rig.client().say(app.get(PATH + "known", "")).rest())
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\nknown.thumbprint");
        String other = "GET " + PATH + "known HTTP/1.1\r\nHost: new.example.com:80\r\n\r\n";
        assertThat(rig.client().say(other).rest()).endsWith("\r\n\r\nknown.thumbprint");
        assertThat(asked).containsExactly(app.host() + " known", "new.example.com known");
    }

    @Test
    void anyOtherChallengeIsTheAppsOwn() {
        for (String token : new String[] {"its-own", "broken", "no%20token", ""}) {
            Raw client = rig.client().say(app.get(PATH + token, ""));
            Raw backend = dyno.accept();
            assertThat(backend.head()).startsWith("GET " + PATH + token + " HTTP/1.1\r\n");
            backend.say(OK);
            client.hear("ok");
            backend.close();
        }
        // What is no token is not even asked for.
        assertThat(asked).containsExactly(app.host() + " its-own", app.host() + " broken");
    }

    @Test
    void whatComesBehindTheQuestionWaitsForItsAnswer() throws Exception {
        Raw client = rig.client().say(app.get(PATH + "late", "") + app.get("/behind", ""));
        RoutingContext late = unanswered();
        client.say(app.get("/last", ""));
        assertThat(dyno.connections()).isZero();
        late.response().setStatusCode(404).end();
        Raw backend = dyno.accept();
        for (String path : new String[] {PATH + "late", "/behind", "/last"}) {
            assertThat(backend.head()).startsWith("GET " + path + " ");
            backend.say(OK);
            client.hear("ok");
        }
    }

    @Test
    void aClientThatGoesMeanwhileHurtsNobody() throws Exception {
        Raw client = rig.client().say(app.get(PATH + "late", ""));
        RoutingContext late = unanswered();
        client.reset();
        late.end("too late");
        Raw next = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say(OK);
        next.hear("ok");
    }

    @Test
    void overTlsNobodyIsAsked() throws Exception {
        Tls tls = new Tls(rig.platform().platform().ca().certificateFile());
        Raw client = rig.own(new Raw(tls.connect(rig.router().tlsPort(), app.host(), "TLSv1.3")));
        client.say(app.get(PATH + "known", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say(OK);
        client.hear("ok");
        assertThat(asked).isEmpty();
    }
}
