package dev.celadon.api;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deliveries to a real receiver: signed, tried again until taken, told once where that was asked for. */
class WebhookDeliveryTest {
    private record Received(Optional<String> signature, Optional<String> authorization, String body) {}

    @TempDir
    Path directory;

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private RunningApi api;
    private HttpServer receiver;
    private final AtomicInteger refusals = new AtomicInteger();

    @BeforeEach
    void start() throws Exception {
        api = new RunningApi(directory, Map.of());
        receiver = api.platform()
                .platform()
                .vertx()
                .createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    received.add(new Received(
                            Optional.ofNullable(request.getHeader("Heroku-Webhook-Hmac-SHA256")),
                            Optional.ofNullable(request.getHeader("Authorization")),
                            body.toString()));
                    request.response()
                            .setStatusCode(refusals.getAndDecrement() > 0 ? 500 : 204)
                            .end();
                }))
                .listen(0, "127.0.0.1")
                .await(20, SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        api.close();
    }

    @Test
    void aDeliveryIsSignedAndTriedAgainUntilItIsTaken() throws Exception {
        refusals.set(2);
        String app = hooked("sync", "\"secret\":\"the-secret\",\"authorization\":\"Bearer mine\"");
        api.call(200, "PATCH", "/apps/" + app + "/config-vars", "{\"A\":\"1\"}");
        await().atMost(Duration.ofSeconds(30)).until(() -> status(app).equals("succeeded"));
        assertThat(api.get("/apps/" + app + "/webhook-deliveries")
                        .get(0)
                        .get("num_attempts")
                        .asInt())
                .isEqualTo(3);
        assertThat(received).hasSize(3).allSatisfy(one -> {
            assertThat(one.signature()).contains(signature("the-secret", one.body()));
            assertThat(one.authorization()).contains("Bearer mine");
        });
        JsonNode body = new ObjectMapper().readTree(received.get(0).body());
        assertThat(body.get("action").asText()).isEqualTo("create");
        assertThat(body.get("resource").asText()).isEqualTo("release");
        assertThat(body.at("/data/version").asInt()).isEqualTo(2);
        assertThat(body.at("/actor/email").asText()).isEqualTo("admin@localhost");
        assertThat(body.at("/webhook_metadata/delivery/id").asText())
                .isEqualTo(api.get("/apps/" + app + "/webhook-deliveries")
                        .get(0)
                        .get("id")
                        .asText());
    }

    @Test
    void aNotifyWebhookIsToldOnce() throws Exception {
        refusals.set(1);
        String app = hooked("notify", "\"secret\":null");
        api.call(200, "PATCH", "/apps/" + app + "/config-vars", "{\"A\":\"1\"}");
        await().atMost(Duration.ofSeconds(30)).until(() -> status(app).equals("failed"));
        JsonNode delivery = api.get("/apps/" + app + "/webhook-deliveries").get(0);
        assertThat(delivery.at("/last_attempt/code").asInt()).isEqualTo(500);
        assertThat(delivery.get("next_attempt_at").isNull()).isTrue();
        assertThat(received).hasSize(1);
    }

    private String hooked(String level, String more) throws Exception {
        String app = api.call(201, "POST", "/apps", "{}").get("name").asText();
        String url = "http://127.0.0.1:" + receiver.actualPort() + "/hook";
        api.call(
                201,
                "POST",
                "/apps/" + app + "/webhooks",
                "{\"include\":[\"api:release\"],\"level\":\"" + level + "\",\"url\":\"" + url + "\"," + more + "}");
        return app;
    }

    private String status(String app) throws Exception {
        return api.get("/apps/" + app + "/webhook-deliveries")
                .path(0)
                .path("status")
                .asText();
    }

    private static String signature(String secret, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
