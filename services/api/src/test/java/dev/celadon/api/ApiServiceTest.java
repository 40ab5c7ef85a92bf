package dev.celadon.api;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.celadon.api.domain.Quantity;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.sqlclient.Tuple;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiServiceTest {
    @TempDir
    Path directory;

    private TestPlatform test;
    private int port;
    private String token = "";

    @BeforeEach
    void start() throws Exception {
        test = TestPlatform.start(directory, "api");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Environment environment = new Environment(Map.of("CELADON_API_PORT", Integer.toString(port)));
        ApiService api =
                new ApiService(test.platform(), ApiSettings.from(environment, 8080, 5443, 5000), () -> "http://log");
        api.start().await(20, SECONDS);
        token = api.ensureOperatorToken(directory.resolve("secrets/token")).await(5, SECONDS);
        assertThat(api.ensureOperatorToken(directory.resolve("secrets/token")).await(5, SECONDS))
                .isEqualTo(token);
    }

    @AfterEach
    void stop() throws Exception {
        test.close();
    }

    @Test
    void anAppIsBornWithItsFirstReleaseAndConfigChangesMakeTheNext() throws Exception {
        JsonNode app = call(201, "POST", "/apps", "{\"name\":\"first-app\"}");
        assertThat(app.get("web_url").asText()).isEqualTo("http://first-app.localhost:8080/");
        assertThat(call(200, "PATCH", "/apps/first-app/config-vars", "{\"A\":\"1\",\"B\":\"2\"}")
                        .toString())
                .isEqualTo("{\"A\":\"1\",\"B\":\"2\"}");
        call(200, "PATCH", "/apps/" + app.get("id").asText() + "/config-vars", "{\"A\":null}");
        call(200, "PATCH", "/apps/first-app/config-vars", "{\"B\":\"2\"}");
        assertThat(call(200, "GET", "/apps/first-app/releases", "").findValuesAsText("description"))
                .containsExactly("Initial release", "Set A, B config vars", "Remove A config vars");
        assertThat(call(422, "POST", "/apps/first-app/releases", "{\"release\":\"v1\"}")
                        .get("message")
                        .asText())
                .contains("v1 has no slug");
    }

    @Test
    void wrongInputNamesWhatIsWrong() throws Exception {
        call(201, "POST", "/apps", "{\"name\":\"taken\"}");
        assertThat(error(422, "POST", "/apps", "{\"name\":\"taken\"}")).contains("invalid_params", "already taken");
        assertThat(error(422, "POST", "/apps", "{\"name\":\"No_Name\"}")).contains("Name No_Name is invalid");
        assertThat(error(422, "POST", "/apps", "{\"stack\":\"bamboo-mri-1.9.2\"}"))
                .contains("cedar");
        assertThat(error(400, "POST", "/apps", "{oops")).contains("bad_request", "not JSON");
        assertThat(error(404, "GET", "/apps/nobody", "")).contains("not_found");
        assertThat(error(404, "GET", "/nowhere", "")).contains("not_found", "/nowhere");
        assertThat(error(422, "PATCH", "/apps/taken/config-vars", "{\"1A\":\"x\"}"))
                .contains("1A");
        assertThat(error(422, "PATCH", "/apps/taken/config-vars", "{\"A\":{}}")).contains("A:");
        assertThat(error(422, "PATCH", "/apps/taken/formation", "{}")).contains("updates");
        assertThat(error(404, "PATCH", "/apps/taken/formation", "{\"updates\":[{\"type\":\"web\",\"quantity\":1}]}"))
                .contains("web");
    }

    @Test
    void withoutAValidTokenNothingIsShown() throws Exception {
        String kept = token;
        token = "wrong";
        assertThat(error(401, "GET", "/apps", "")).contains("unauthorized", "Invalid credentials provided.");
        token = kept;
        Long clear = test.platform()
                .database()
                .first(
                        "select count(*) from api.tokens where encode(token_hash, 'escape') like '%' || $1 || '%'",
                        Tuple.of(kept), row -> row.getLong(0))
                .await(5, SECONDS)
                .orElseThrow();
        assertThat(clear).isZero();
    }

    @Test
    void aTenMegabyteHeaderGetsAnAnswer() throws Exception {
        try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            var out = socket.getOutputStream();
            out.write("GET /apps HTTP/1.1\r\nHost: x\r\nX-Big: ".getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = "a".repeat(1 << 14).getBytes(StandardCharsets.US_ASCII);
            try {
                for (int i = 0; i < 640; i++) {
                    out.write(chunk);
                }
            } catch (java.io.IOException closedEarly) {
                assertThat(closedEarly).isNotNull();
            }
            String answer = new String(socket.getInputStream().readNBytes(64), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 431");
        } catch (java.net.SocketException reset) {
            // The server closed while we still wrote: the answer may be lost with the connection.
            assertThat(reset.getMessage()).containsAnyOf("reset", "Broken pipe", "abort");
        }
    }

    @Test
    void quantitiesMayBeRelative() {
        assertThat(Quantity.apply("3", 1)).contains(3);
        assertThat(Quantity.apply("+2", 1)).contains(3);
        assertThat(Quantity.apply("-1", 1)).contains(0);
        assertThat(Quantity.apply("-2", 1)).isEmpty();
        assertThat(Quantity.apply("101", 1)).isEmpty();
        assertThat(Quantity.apply("two", 1)).isEmpty();
    }

    private JsonNode call(int expected, String method, String path, String body) throws Exception {
        return new ObjectMapper().readTree(error(expected, method, path, body));
    }

    private String error(int expected, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as(method + " " + path + ": " + answer.body())
                .isEqualTo(expected);
        return answer.body();
    }
}
