package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dynos that take more memory than they should, on a real platform, with the watch's clock wound up. */
class MemoryTest {
    private static final String HOG = """
            const http = require('http');
            const held = [];
            http.createServer((request, response) => {
              const megabytes = Number(request.url.slice(1));
              for (let i = 0; i < megabytes; i++) held.push(Buffer.alloc(1 << 20, 1));
              response.end('holds ' + held.length);
            }).listen(process.env.PORT);
            """;

    @TempDir
    static Path directory;

    private static RunningPlatform platform;

    @BeforeAll
    static void start() throws Exception {
        platform =
                new RunningPlatform(directory, Map.of("CELADON_MEMORY_LOOK", "500ms", "CELADON_MEMORY_SAMPLE", "2s"));
    }

    @AfterAll
    static void stop() throws Exception {
        platform.close();
    }

    @Test
    void pastItsQuotaADynoLivesOnAndIsToldOfAndPastThreeTimesItIsStartedAnew() throws Exception {
        String app = pushed("hog");
        String neighbour = pushed("neighbour");
        platform.api(200, "PATCH", "/apps/" + app + "/features/log-runtime-metrics", "{\"enabled\":true}");
        assertThat(request(app, 660)).isEqualTo("holds 660");
        await().atMost(Duration.ofSeconds(60)).until(() -> count(app, "Error R14 (Memory quota exceeded)") >= 2);
        assertThat(platform.logs(app))
                .containsPattern("heroku\\[web\\.1]: Process running mem=\\d{3}M\\(1[3-4]\\d\\.\\d%\\)")
                .containsPattern("heroku\\[web\\.1]: source=web\\.1 dyno=heroku\\.[-0-9a-f.]+ sample#load_avg_1m=\\d")
                .containsPattern("sample#memory_total=\\d+\\.\\d\\dMB sample#memory_rss=\\d+\\.\\d\\dMB");
        assertThat(request(app, 700)).isEqualTo("holds 1360");
        await().atMost(Duration.ofSeconds(60)).until(() -> platform.logs(app).matches("(?s).*mem=1[34]\\d\\dM.*"));
        assertThat(count(app, "R15")).isZero();
        request(app, 300);
        await().atMost(Duration.ofSeconds(60)).until(() -> count(app, "from starting to up") == 2);
        String log = platform.logs(app);
        assertThat(log)
                .contains("Error R15 (Memory quota vastly exceeded)")
                .contains("Stopping process with SIGKILL")
                .contains("State changed from up to crashed");
        assertThat(log.indexOf("Error R15")).isLessThan(log.indexOf("Process exited with status 137"));
        assertThat(request(app, 1)).isEqualTo("holds 1");
        assertThat(request(neighbour, 0)).isEqualTo("holds 0");
        assertThat(platform.logs(neighbour)).doesNotContain("R14", "sample#", "crashed");
    }

    private static String pushed(String name) throws Exception {
        String app = platform.createApp();
        Path tree = platform.repository(
                directory.resolve(name),
                Map.of("server.js", HOG, "package.json", "{}", "Procfile", "web: node server.js\n"));
        RunningPlatform.Result pushed = platform.push(tree, app);
        assertThat(pushed.exit()).as(pushed.output()).isZero();
        return app;
    }

    private static String request(String app, int megabytes) throws Exception {
        return platform.execute(directory, "curl", "-sS", "-m", "60", platform.appUrl(app) + megabytes)
                .output();
    }

    private static long count(String app, String words) throws Exception {
        return platform.logs(app).lines().filter(line -> line.contains(words)).count();
    }
}
