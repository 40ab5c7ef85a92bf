package dev.celadon.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.router.testing.Raw;
import dev.celadon.router.testing.RawDyno;
import dev.celadon.router.testing.RouterRig;
import dev.celadon.router.testing.TestApp;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the router does when the control plane is gone, or has gone back in time. */
class TableLifeTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path directory;

    private static RawDyno serving(RouterRig rig) {
        return rig.dyno().serving(connection -> {
            while (!connection.head().isEmpty()) {
                connection.say(OK);
            }
        });
    }

    @Test
    void aRouterStartsFromTheTableOnDiskWhenTheControlPlaneIsDown() throws Exception {
        try (RouterRig rig = new RouterRig(directory, Map.of())) {
            TestApp app = rig.app(serving(rig));
            rig.setManifoldDown(true);
            rig.stop();
            rig.start();
            Raw client = rig.client().say(app.get("/", ""));
            assertThat(client.hear("ok")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aTableOfARestoredDatabaseIsTaken() throws Exception {
        try (RouterRig rig = new RouterRig(directory, Map.of())) {
            TestApp kept = rig.app(serving(rig));
            TestApp lost = rig.app(serving(rig));
            assertThat(rig.client().say(lost.get("/", "")).hear("ok")).startsWith("HTTP/1.1 200 ");
            rig.restoreTo(1, kept);
            assertThat(rig.client().say(lost.get("/", "")).head()).startsWith("HTTP/1.1 404 ");
            assertThat(rig.client().say(kept.get("/", "")).hear("ok")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void metricsOfAnAppAndItsDynosEndWithThem() throws Exception {
        try (RouterRig rig = new RouterRig(directory, Map.of())) {
            TestApp app = rig.app(serving(rig));
            TestApp kept = rig.app(serving(rig));
            rig.client().say(app.get("/", "")).hear("ok");
            var meters = rig.platform().platform().meters();
            String name = app.host().replace(".localhost", "");
            await().untilAsserted(() -> assertThat(meters.scrape())
                    .contains("router_requests_total{app=\"" + name + "\",status=\"2xx\"} 1.0")
                    .contains("router_bytes_total{app=\"" + name + "\"} 2.0")
                    .containsPattern("router_service_at_most_total\\{app=\"" + name + "\",seconds=\"\\+Inf\"} 1.0")
                    .containsPattern("router_dyno_requests_total\\{app=\"" + name
                            + "\",dyno=\"web.\\d+\",id=\"[^\"]+\",status=\"2xx\"} 1.0")
                    .containsPattern("router_dyno_bytes_total\\{app=\"" + name + "\",[^}]+} 2.0"));
            rig.restoreTo(1, kept);
            await().untilAsserted(() -> assertThat(meters.scrape()).doesNotContain("app=\"" + name + "\""));
        }
    }
}
