package dev.celadon.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.contract.DynoSuspect;
import dev.celadon.contract.Topic;
import dev.celadon.router.testing.Raw;
import dev.celadon.router.testing.RawDyno;
import dev.celadon.router.testing.RouterRig;
import dev.celadon.router.testing.TestApp;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long connections are kept, and which dynos a client's requests go to. */
class KeptConnectionsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    static Path directory;

    private static RouterRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new RouterRig(
                directory, Map.of("CELADON_ROUTER_KEEP_ALIVE", "300ms", "CELADON_ROUTER_POOL_IDLE", "300ms"));
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    @Test
    void aClientThatAsksNothingIsClosedAndOneThatDoesNotEndItsHeadIsTold() {
        assertThat(rig.client().rest()).isEmpty();
        TestApp app = rig.app(rig.dyno());
        assertThat(rig.client()
                        .say("GET / HTTP/1.1\r\nHost: " + app.host() + "\r\n")
                        .rest())
                .startsWith("HTTP/1.1 408 Request Timeout\r\n");
    }

    @Test
    void aConnectionToADynoIsClosedWhenItLayIdle() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        Raw client = rig.client().say(app.get("/", ""));
        Raw backend = dyno.accept();
        backend.head();
        backend.say(OK);
        client.hear("ok");
        assertThat(backend.ends()).isTrue();
    }

    @Test
    void aDynoThatWillSoonCloseItsConnectionIsAskedOverAnother() {
        RawDyno dyno = rig.dyno();
        TestApp app = rig.app(dyno);
        for (int request = 0; request < 3; request++) {
            Raw client = rig.client().say(app.get("/", ""));
            Raw backend = dyno.accept();
            backend.head();
            backend.say("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok");
            client.hear("ok");
        }
    }

    @Test
    void requestsOfOneClientGoToAllDynos() {
        RawDyno[] dynos = Stream.generate(() -> rig.dyno().serving(connection -> {
                    while (!connection.head().isEmpty()) {
                        connection.say(OK);
                    }
                }))
                .limit(4)
                .toArray(RawDyno[]::new);
        TestApp app = rig.app(dynos);
        Raw client = rig.client();
        Set<String> asked = new HashSet<>();
        for (int request = 1; request <= 100; request++) {
            client.say(app.get("/", "Cookie: session=1\r\n")).hear("ok");
            asked.add(app.line(request).replaceAll(".* dyno=(\\S+) .*", "$1"));
        }
        assertThat(asked).hasSize(dynos.length);
    }

    @Test
    void h21AfterTenDynosHaveRefused() throws Exception {
        List<DynoSuspect> suspects = new CopyOnWriteArrayList<>();
        rig.platform()
                .platform()
                .bus()
                .subscribe(Topic.DYNO_SUSPECT, suspects::add)
                .await();
        RawDyno[] dynos = Stream.generate(rig::dyno).limit(12).toArray(RawDyno[]::new);
        for (RawDyno dyno : dynos) {
            dyno.close();
        }
        TestApp app = rig.app(dynos);
        assertThat(rig.client().say(app.get("/", "")).head()).startsWith("HTTP/1.1 503 ");
        assertThat(app.line()).startsWith("at=error code=H21 desc=\"Backend connection refused\"");
        await().until(() -> suspects.size() >= 10);
        assertThat(suspects).hasSize(10).extracting(DynoSuspect::dynoId).doesNotHaveDuplicates();
    }
}
