package dev.celadon.api;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.testing.AcmeServers;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that a real ACME server signs, its challenges answered as a router answers them. */
class AutomaticCertificatesTest {
    @TempDir
    Path directory;

    private AcmeServers acme;
    private HttpServer door;
    private RunningApi api;
    private volatile Platform platform;

    @BeforeEach
    void start() throws Exception {
        io.vertx.core.Vertx doorVertx = io.vertx.core.Vertx.vertx();
        door = doorVertx
                .createHttpServer()
                .requestHandler(this::answerChallenge)
                .listen(0, "127.0.0.1")
                .await(10, SECONDS);
        acme = new AcmeServers(directory.resolve("acme"), door.actualPort());
        api = new RunningApi(
                directory,
                Map.of(
                        "CELADON_ACME_DIRECTORY",
                        acme.directoryUrl(),
                        "CELADON_ACME_ROOTS",
                        acme.roots(),
                        "CELADON_ACME_EMAIL",
                        "operator@example.com",
                        "CELADON_CERTIFICATE_RETRY",
                        "100ms"));
        platform = api.platform().platform();
        api.call(201, "POST", "/apps", "{\"name\":\"shop\"}");
    }

    @AfterEach
    void stop() throws Exception {
        if (api != null) {
            api.close();
        }
        if (acme != null) {
            acme.close();
        }
        door.close().await(10, SECONDS);
    }

    @Test
    void eachDomainGetsACertificateOfTheAuthorityAndKeepsItsOwn() throws Exception {
        api.call(201, "POST", "/apps/shop/domains", "{\"hostname\":\"www.shop.example\",\"sni_endpoint\":null}");
        api.call(200, "POST", "/apps/shop/acm", "");
        api.call(201, "POST", "/apps/shop/domains", "{\"hostname\":\"api.shop.example\",\"sni_endpoint\":null}");
        awaitStatus("www.shop.example", "cert issued");
        awaitStatus("api.shop.example", "cert issued");
        JsonNode endpoints = api.get("/apps/shop/sni-endpoints");
        assertThat(endpoints).hasSize(2);
        assertThat(endpoints.get(0).at("/ssl_cert/issuer").asText()).contains("Pebble");
        assertThat(
                        api.value(
                                "select count(*) from api.certificate_orders where due_at > now() + interval '30 days' and failure is null"))
                .isEqualTo("2");
        assertThat(api.value("select count(*) from api.acme_challenges")).isEqualTo("0");

        // A person's own certificate takes over; the automatic one goes.
        var own = platform.ca().issue(java.util.List.of("api.shop.example"));
        api.call(200, "PATCH", "/apps/shop/domains/api.shop.example", "{\"sni_endpoint\":null}");
        String pair = dev.celadon.runtime.Json.mapper()
                .writeValueAsString(Map.of("certificate_chain", own.certificatePem(), "private_key", own.keyPem()));
        JsonNode made = api.call(201, "POST", "/apps/shop/sni-endpoints", pair);
        api.call(
                200,
                "PATCH",
                "/apps/shop/domains/api.shop.example",
                "{\"sni_endpoint\":\"" + made.get("name").asText() + "\"}");
        await().untilAsserted(() -> assertThat(api.get("/apps/shop/domains/api.shop.example")
                        .get("acm_status")
                        .isNull())
                .isTrue());
        api.call(200, "DELETE", "/apps/shop/acm", "");
        assertThat(api.get("/apps/shop/sni-endpoints")).hasSize(1);
    }

    @Test
    void aDomainThatDoesNotPointHereSaysWhyAndIsTriedAgain() throws Exception {
        door.close().await(10, SECONDS);
        api.call(201, "POST", "/apps/shop/domains", "{\"hostname\":\"elsewhere.example\",\"sni_endpoint\":null}");
        api.call(200, "POST", "/apps/shop/acm", "");
        awaitStatus("elsewhere.example", "failing");
        assertThat(api.get("/apps/shop/domains/elsewhere.example")
                        .get("acm_status_reason")
                        .asText())
                .containsIgnoringCase("connect");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(api.value("select attempts from api.certificate_orders"))
                        .isNotIn("0", "1"));
        assertThat(api.get("/apps/shop/sni-endpoints")).isEmpty();
    }

    private void awaitStatus(String hostname, String status) {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            JsonNode domain = api.get("/apps/shop/domains/" + hostname);
            assertThat(domain.get("acm_status").asText())
                    .as(domain.get("acm_status_reason").asText())
                    .isEqualTo(status);
        });
    }

    private void answerChallenge(HttpServerRequest request) {
        String token = request.path().substring(request.path().lastIndexOf('/') + 1);
        String host = request.authority().host();
        platform.internal()
                .call(
                        HttpMethod.GET,
                        platform.internal().url() + "/api/acme-challenges/" + token + "?host=" + host,
                        Duration.ofSeconds(5))
                .send()
                .onSuccess(answer -> request.response()
                        .setStatusCode(answer.statusCode())
                        .end(answer.bodyAsString() == null ? "" : answer.bodyAsString()))
                .onFailure(cause -> request.response().setStatusCode(502).end());
    }
}
