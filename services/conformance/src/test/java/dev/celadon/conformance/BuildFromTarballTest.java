package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A deploy without git, as integration services do it: sources, builds, and what {@code app.json} says. */
@ExtendWith(SharedGround.class)
class BuildFromTarballTest {
    private static final String APP_JSON = """
            {"env": {"SAY": {"value": "from app.json"}, "KEY": {"generator": "secret"}},
             "formation": {"worker": {"quantity": 2}},
             "buildpacks": [{"url": "heroku/python"}],
             "scripts": {"postdeploy": "echo deployed as $DYNO"}}
            """;

    @TempDir
    Path directory;

    @Test
    void aTarballIsBuiltItsOutputStreamsAndItsManifestIsObeyed(CliGround ground) throws Exception {
        RunningPlatform platform = ground.platform();
        platform.api(201, "POST", "/apps", "{\"name\":\"from-tarball\"}");
        Path tree = Files.createDirectories(directory.resolve("tree"));
        Files.copy(ground.source().resolve("server.py"), tree.resolve("server.py"));
        Files.copy(ground.source().resolve("Procfile"), tree.resolve("Procfile"));
        Files.writeString(tree.resolve("requirements.txt"), "");
        Files.writeString(tree.resolve("app.json"), APP_JSON);
        platform.run(directory, "tar", "-czf", "source.tgz", "-C", tree.toString(), ".");
        JsonNode blob = platform.api(201, "POST", "/sources", "").get("source_blob");
        platform.run(
                directory,
                "curl",
                "-sSf",
                "-T",
                "source.tgz",
                blob.get("put_url").asText());
        JsonNode build = platform.api(
                201,
                "POST",
                "/apps/from-tarball/builds",
                "{\"source_blob\":{\"url\":\"" + blob.get("get_url").asText() + "\",\"version\":\"1.0\"}}");
        // Until the build has begun there is no output: ask again.
        String output = platform.execute(
                        directory,
                        "curl",
                        "-sSf",
                        "--retry",
                        "30",
                        "--retry-delay",
                        "1",
                        "--retry-all-errors",
                        build.get("output_stream_url").asText())
                .output();
        assertThat(output).containsSubsequence("-----> ", "Procfile declares types", "-----> Compiled slug size is");
        ground.awaitAnswer("from-tarball", "web.1 from app.json\n200");
        assertThat(platform.api(
                                200,
                                "GET",
                                "/apps/from-tarball/builds/" + build.get("id").asText(),
                                "")
                        .get("status")
                        .asText())
                .isEqualTo("succeeded");
        assertThat(platform.api(200, "GET", "/apps/from-tarball/config-vars", "")
                        .get("KEY")
                        .asText())
                .hasSizeGreaterThan(30);
        assertThat(platform.api(200, "GET", "/apps/from-tarball/formation/worker", "")
                        .get("quantity")
                        .asInt())
                .isEqualTo(2);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(platform.logs("from-tarball"))
                        .contains("app[postdeploy.1]: deployed as postdeploy.1", "app[worker.2]: working"));
    }
}
