package dev.celadon.compiler;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.compiler.store.StandInViews;
import dev.celadon.container.ContainerHost;
import dev.celadon.container.ContainerSettings;
import dev.celadon.contract.BuildRequested;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds of archives, and with chosen buildpacks, in real containers. */
class RequestedBuildsTest {
    private static final String STACK = "cedar";
    private static final Map<String, String> APP = Map.of("Procfile", "web: ./run\n");

    @TempDir
    Path directory;

    private final Map<String, Buffer> served = new ConcurrentHashMap<>();
    private TestPlatform test;
    private Platform platform;
    private ContainerHost containers;
    private StandInViews views;
    private SourceServer sources;
    private HttpServer web;
    private @Nullable CompilerService service;

    @BeforeEach
    void open() throws Exception {
        test = TestPlatform.start(directory, "manifold", "compiler");
        platform = test.platform();
        views = StandInViews.create(platform);
        sources = new SourceServer(platform);
        web = platform.vertx()
                .createHttpServer()
                .requestHandler(request -> {
                    Buffer content = served.get(request.path());
                    if (request.path().equals("/moved")) {
                        request.response()
                                .setStatusCode(302)
                                .putHeader("Location", "archive?signed=1")
                                .end();
                    } else if (request.path().equals("/round")) {
                        request.response()
                                .setStatusCode(302)
                                .putHeader("Location", "/round")
                                .end();
                    } else if (request.path().equals("/away")) {
                        request.response()
                                .setStatusCode(302)
                                .putHeader("Location", "http://169.254.169.254/")
                                .end();
                    } else if (content == null || request.getHeader("Authorization") != null) {
                        request.response().setStatusCode(403).end();
                    } else {
                        request.response().end(content);
                    }
                })
                .listen(0, "127.0.0.1")
                .await(10, SECONDS);
        containers = ContainerHost.prepare(
                        platform.vertx(),
                        platform.processes(),
                        directory,
                        TestPlatform.instance('r'),
                        ContainerSettings.from(new Environment(Map.of())))
                .await(30, SECONDS);
        start();
    }

    @AfterEach
    void close() throws Exception {
        if (service != null) {
            service.stop().await(30, SECONDS);
        }
        containers.cleanHost().await(30, SECONDS);
        test.close();
    }

    @Test
    void anArchiveBecomesASlugWithItsAppJson() throws Exception {
        Buffer archive = sources.archive(Map.of("Procfile", "web: ./run\n", "app.json", "{\"name\": \"shop\"}"));
        served.put("/archive", archive);
        String checksum = "SHA256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive.getBytes()));
        for (String path : List.of("/archive", "/moved")) {
            Row build = ended(request(views.app(STACK), path, checksum));
            assertThat(build.getString("failure")).isNull();
            assertThat(build.getString("status")).isEqualTo("succeeded");
            assertThat(build.getString("commit_sha")).isEqualTo("v1");
            Row slug = platform.database()
                    .first(
                            "select * from compiler.v_slugs where id = $1",
                            Tuple.of(build.getUUID("slug_id")),
                            row -> row)
                    .await(10, SECONDS)
                    .orElseThrow();
            assertThat(slug.getJsonObject("process_types")).isEqualTo(new JsonObject().put("web", "./run"));
            assertThat(slug.getJsonObject("app_json")).isEqualTo(new JsonObject().put("name", "shop"));
        }
    }

    @Test
    void anArchiveThatCannotBeBuiltSaysWhy() throws Exception {
        served.put("/archive", sources.archive(APP));
        served.put("/page", Buffer.buffer("<html>".repeat(1_000)));
        assertThat(failure("/archive", "SHA256:" + "0".repeat(64)))
                .startsWith("source has the checksum SHA256:")
                .endsWith("(expected: SHA256:" + "0".repeat(64) + ")");
        assertThat(failure("/missing", null)).isEqualTo("source answered 403");
        assertThat(failure("/round", null)).isEqualTo("source redirects too often");
        assertThat(failure("/away", null))
                .isEqualTo("source could not be fetched: 169.254.169.254 is in a blocked network");
        assertThat(failure("/page", null)).isEqualTo("source is no tar archive, or not all of one");
        UUID unknown = views.request(views.app(STACK), "ftp://example.org/a.tgz", null);
        assertThat(ended(unknown).getString("failure"))
                .isEqualTo("source could not be fetched: its URL is not valid (expected: http or https)");
    }

    @Test
    void chosenBuildpacksRunInTheirOrderAndTheLastOneNamesTheDefaults() throws Exception {
        UUID app = views.app(STACK);
        views.buildpacks(app, "heroku/python", "heroku/nodejs");
        served.put(
                "/archive",
                sources.archive(Map.of("package.json", "{\"scripts\":{\"start\":\"node x\"}}", "app.py", "1")));
        UUID build = request(app, "/archive", null);
        assertThat(ended(build).getString("status")).isEqualTo("succeeded");
        assertThat(output(build))
                .containsSubsequence(
                        "-----> Python app detected",
                        "-----> Node.js app detected",
                        "Default types for Node.js    -> web");
    }

    @Test
    void aWrongBuildpackEndsTheBuildBeforeAnythingRuns() throws Exception {
        served.put("/archive", sources.archive(Map.of("Procfile", "web: x", ".buildpacks", "heroku/cobol\n")));
        assertThat(failure("/archive", null)).startsWith("unknown buildpack heroku/cobol (expected: ");
        UUID app = views.app(STACK);
        views.configVars(app, "{\"BUILDPACK_URL\":\"heroku/java\"}");
        UUID build = request(app, "/archive", null);
        assertThat(ended(build).getString("failure")).isEqualTo("app not compatible with buildpack");
        assertThat(output(build)).contains(" !     App not compatible with buildpack: java");
    }

    @Test
    void aSlugPastTheAdviceGetsItAndIsBuilt() throws Exception {
        stopService();
        start("CELADON_COMPILER_SLUG_ADVICE", "1MB", "CELADON_COMPILER_SLUG_LIMIT", "3MB");
        served.put("/archive", sources.archive(Map.of("Procfile", "web: x", "noise", noise(2 << 20))));
        UUID build = request(views.app(STACK), "/archive", null);
        assertThat(ended(build).getString("status")).isEqualTo("succeeded");
        assertThat(output(build)).contains(" !     The slug is over 1MB", ".slugignore", "Compiled slug size is 1.");
        served.put("/archive", sources.archive(Map.of("Procfile", "web: x", "noise", noise(5 << 20))));
        assertThat(failure("/archive", null)).startsWith("slug too large: 4.").endsWith("MB (limit: 3MB)");
    }

    private void start(String... settings) throws Exception {
        Map<String, String> variables = new java.util.HashMap<>(
                Map.of("CELADON_COMPILER_BUILDPACKS", "src/main/buildpacks", "CELADON_COMPILER_INTERVAL", "300ms"));
        for (int i = 0; i < settings.length; i += 2) {
            variables.put(settings[i], settings[i + 1]);
        }
        CompilerService fresh =
                new CompilerService(platform, CompilerSettings.from(new Environment(variables)), containers);
        service = fresh;
        fresh.start().await(30, SECONDS);
    }

    private void stopService() throws Exception {
        if (service != null) {
            service.stop().await(30, SECONDS);
        }
    }

    private UUID request(UUID app, String path, @Nullable String checksum) throws Exception {
        UUID build = views.request(app, "http://localhost:" + web.actualPort() + path, checksum);
        platform.bus().publish(Topic.BUILD_REQUESTED, new BuildRequested(build, app));
        return build;
    }

    private String failure(String path, @Nullable String checksum) throws Exception {
        Row build = ended(request(views.app(STACK), path, checksum));
        assertThat(build.getString("status")).isEqualTo("failed");
        return build.getString("failure");
    }

    private Row ended(UUID build) throws Exception {
        String sql = "select * from compiler.v_builds where id = $1 and output_sha256 is not null";
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !platform.database()
                        .list(sql, Tuple.of(build), row -> row)
                        .await(10, SECONDS)
                        .isEmpty());
        return platform.database()
                .list(sql, Tuple.of(build), row -> row)
                .await(10, SECONDS)
                .get(0);
    }

    private String output(UUID build) throws Exception {
        return Files.readString(platform.blobs().path(ended(build).getString("output_sha256")));
    }

    private static String noise(int bytes) {
        StringBuilder text = new StringBuilder();
        new java.util.Random(7).ints(bytes, 33, 126).forEach(character -> text.append((char) character));
        return text.toString();
    }
}
