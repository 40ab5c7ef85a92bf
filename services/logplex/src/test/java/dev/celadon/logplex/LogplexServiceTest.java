package dev.celadon.logplex;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.LogLine;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.testing.TestPlatform;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogplexServiceTest {
    private static final UUID APP = UUID.randomUUID();

    @TempDir
    Path directory;

    private TestPlatform test;
    private LogplexService logplex;

    @BeforeEach
    void start() throws Exception {
        test = TestPlatform.start(directory, "logplex");
        logplex = new LogplexService(test.platform(), LogplexSettings.from(new Environment(Map.of())));
        logplex.start().await(10, SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        test.close();
    }

    @Test
    void theNewestLinesComeInOrderAndFiltered() throws Exception {
        write("app", "web.1", "one");
        write("heroku", "router", "two");
        write("app", "worker.1", "three");
        assertThat(read("{\"app\":\"%s\",\"expires\":99999999999}".formatted(APP)))
                .isEqualTo("2026-01-01T00:00:00.123456+00:00 app[web.1]: one\n"
                        + "2026-01-01T00:00:00.123456+00:00 heroku[router]: two\n"
                        + "2026-01-01T00:00:00.123456+00:00 app[worker.1]: three\n");
        assertThat(read("{\"app\":\"%s\",\"dyno\":\"web\",\"expires\":99999999999}".formatted(APP)))
                .endsWith("app[web.1]: one\n");
        assertThat(read("{\"app\":\"%s\",\"lines\":1,\"expires\":99999999999}".formatted(APP)))
                .endsWith("three\n");
        assertThat(read("{\"app\":\"%s\",\"expires\":99999999999}".formatted(UUID.randomUUID())))
                .isEmpty();
    }

    @Test
    void anExpiredOrForgedUrlShowsNothing() throws Exception {
        write("app", "web.1", "secret");
        assertThat(read("{\"app\":\"%s\",\"expires\":1}".formatted(APP))).doesNotContain("secret");
        String payload = encode("{\"app\":\"%s\",\"expires\":99999999999}".formatted(APP));
        assertThat(get("/logs/" + payload + ".forged").statusCode()).isEqualTo(404);
    }

    private void write(String source, String process, String text) throws Exception {
        Instant at = Instant.parse("2026-01-01T00:00:00.123456Z");
        test.platform()
                .appLog()
                .deliver(List.of(new LogLine(APP, at, source, process, text)))
                .await(5, SECONDS);
    }

    private String read(String request) throws Exception {
        String payload = encode(request);
        return get("/logs/" + payload + "." + test.platform().keys().sign("log-session", payload))
                .body();
    }

    private HttpResponse<String> get(String path) throws Exception {
        String base = logplex.url().replace("localhost", "127.0.0.1");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(base + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
