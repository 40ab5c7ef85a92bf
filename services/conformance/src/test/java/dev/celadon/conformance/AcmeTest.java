package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.runtime.testing.AcmeServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A domain's certificate comes from a real ACME server, which asks the router for the proof, and is served by SNI. */
class AcmeTest {
    private static final String HOST = "www.shop.example";

    @TempDir
    Path directory;

    @Test
    void aDomainIsServedWithACertificateOfTheAuthority() throws Exception {
        int port = RunningPlatform.freePort();
        Path data = Files.createDirectories(directory.resolve("data"));
        try (AcmeServers acme = new AcmeServers(directory.resolve("acme"), port);
                RunningPlatform platform = new RunningPlatform(
                        data,
                        Map.of(
                                "CELADON_ROUTER_PORT",
                                Integer.toString(port),
                                "CELADON_ACME_DIRECTORY",
                                acme.directoryUrl(),
                                "CELADON_ACME_ROOTS",
                                acme.roots()))) {
            String app = platform.createApp();
            Path source = platform.repository(
                    directory.resolve("source"), Map.of("Procfile", "web: python3 -m http.server $PORT\n"));
            assertThat(platform.push(source, app).exit()).isZero();
            platform.api(201, "POST", "/apps/" + app + "/domains", "{\"hostname\":\"" + HOST + "\"}");
            platform.api(200, "POST", "/apps/" + app + "/acm", "");
            await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                var domain = platform.api(200, "GET", "/apps/" + app + "/domains/" + HOST, "");
                assertThat(domain.get("acm_status").asText())
                        .as(domain.toString())
                        .isEqualTo("cert issued");
            });
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(secureRequest(platform)).contains("issuer: CN=Pebble", "< HTTP/"));
            // What is no challenge of the platform is the app's own.
            String url = platform.appUrl(app) + ".well-known/acme-challenge/unknown";
            assertThat(platform.execute(data, "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url)
                            .output())
                    .isEqualTo("404");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(platform.logs(app)).contains("path=\"/.well-known/acme-challenge/unknown\""));
        }
    }

    private static String secureRequest(RunningPlatform platform) throws Exception {
        String router = platform.variable("CELADON_ROUTER_TLS_URL");
        String port = router.substring(router.lastIndexOf(':') + 1);
        return platform.execute(
                        Path.of("/"),
                        "curl",
                        "-skv",
                        "-m",
                        "20",
                        "--resolve",
                        HOST + ":" + port + ":127.0.0.1",
                        "https://" + HOST + ":" + port + "/")
                .output();
    }
}
