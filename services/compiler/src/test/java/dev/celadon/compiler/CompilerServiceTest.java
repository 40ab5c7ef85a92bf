package dev.celadon.compiler;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.compiler.store.StandInViews;
import dev.celadon.container.ContainerHost;
import dev.celadon.container.ContainerSettings;
import dev.celadon.contract.PushReceived;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Processes;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole builds in real containers. */
class CompilerServiceTest {
    private static final String STACK = "cedar";
    private static final Map<String, String> PROCFILE_APP =
            Map.of("Procfile", "web: ./run\nworker: sleep 1\n", "run", "#!/bin/sh\n");

    @TempDir
    Path directory;

    private TestPlatform test;
    private Platform platform;
    private ContainerHost containers;
    private StandInViews views;
    private SourceServer sources;
    private final List<CompilerService> started = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        test = TestPlatform.start(directory, "manifold", "compiler");
        platform = test.platform();
        views = StandInViews.create(platform);
        sources = new SourceServer(platform);
        containers = ContainerHost.prepare(
                        platform.vertx(),
                        platform.processes(),
                        directory,
                        TestPlatform.instance('t'),
                        ContainerSettings.from(new Environment(Map.of())))
                .await(30, SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        for (CompilerService service : started) {
            get(service.stop());
        }
        containers.cleanHost().await(30, SECONDS);
        test.close();
    }

    @Test
    void aProcfileAppBecomesASlug() throws Exception {
        startService(Map.of());
        UUID app = views.app(STACK);
        Map<String, String> files = new HashMap<>(PROCFILE_APP);
        files.putAll(Map.of(".slugignore", "*.pdf\n", "a.pdf", "x", "log/x", "y"));
        UUID build = push(app, files);
        assertThat(output(build)).isEqualTo("""
                -----> Procfile app detected
                -----> Discovering process types
                       Procfile declares types      -> web, worker
                -----> Compiled slug size is 4K
                """);
        Row row = row(build);
        assertThat(row.getString("status")).isEqualTo("succeeded");
        Row slug = slug(row.getUUID("slug_id"));
        assertThat(slug.getJsonObject("process_types"))
                .isEqualTo(new JsonObject().put("web", "./run").put("worker", "sleep 1"));
        String listing = list(slug.getString("sha256"));
        assertThat(listing).contains("/Procfile", "300321/300321").doesNotContain("a.pdf", "/log");
        assertNothingIsLeft();
        assertThat(output(build)).contains("Compiled slug size");
    }

    @Test
    void aNodeAppGetsItsDefaultTypeAndSeesItsConfigVars() throws Exception {
        startService(Map.of());
        UUID app = views.app(STACK);
        views.configVars(app, "{\"GREETING\":\"hello\\nworld\",\"PATH\":\"/nowhere\"}");
        String packageJson = """
                {"name":"a","version":"1.0.0","scripts":{"start":"node server.js",
                 "build":"echo building $STACK as $(id -u) for $SOURCE_VERSION; printf '%s' \\"$GREETING\\" > built"}}
                """;
        UUID build = push(app, Map.of("package.json", packageJson, "server.js", "1"));
        assertThat(output(build))
                .startsWith("-----> Node.js app detected\n-----> Using Node.js v")
                .contains("       building cedar as 1000 for 0123456789abcdef")
                .contains(
                        "       Procfile declares types      -> (none)\n       Default types for Node.js    -> web\n");
        Row slug = slug(row(build).getUUID("slug_id"));
        assertThat(slug.getJsonObject("process_types").getString("web")).isEqualTo("npm start");
        assertThat(slug.getString("buildpack")).isEqualTo("Node.js");
        assertThat(list(slug.getString("sha256"))).contains("/built");
        assertNothingIsLeft();
    }

    @Test
    void pushesThatMakeNoSlugSayWhy() throws Exception {
        startService(Map.of("CELADON_COMPILER_SLUG_LIMIT", "8KB"));
        assertThat(failure(Map.of("README", "x"))).isEqualTo("no Cedar-supported app detected");
        assertThat(failure(views.app("cedar-14"), Map.of("Procfile", "web: x")))
                .isEqualTo("stack cedar-14-build has no image on this host");
        assertThat(failure(Map.of("Procfile", "web: x\nworker: y\nnonsense\n")))
                .isEqualTo("Procfile does not parse: line 3: nonsense");
        assertThat(failure(Map.of("package.json", "{\"scripts\":{\"build\":\"echo no; exit 3\"}}")))
                .isEqualTo("failed to compile Node.js app");
        assertThat(failure(Map.of("Procfile", "web: x", "random", random(20_000))))
                .startsWith("slug too large: ")
                .endsWith("K (limit: 8K)");
        UUID missing = views.push(views.app(STACK), sources.missing());
        assertThat(ended(missing).getString("failure")).isEqualTo("source is missing");
        assertNothingIsLeft();
    }

    @Test
    void aCancelledBuildLeavesNothing() throws Exception {
        startService(Map.of());
        UUID build = push(views.app(STACK), Map.of("package.json", script("echo begun; sleep 600")));
        await().atMost(Duration.ofSeconds(30)).until(() -> hasPrinted(build, "begun"));
        assertThat(call(HttpMethod.DELETE, "/compiler/builds/" + build)).isEqualTo(204);
        assertThat(call(HttpMethod.DELETE, "/compiler/builds/" + build)).isEqualTo(409);
        assertThat(output(build)).contains("begun");
        assertThat(row(build).getString("status")).isEqualTo("cancelled");
        assertNothingIsLeft();
    }

    @Test
    void aBuildThatTakesTooLongIsEnded() throws Exception {
        startService(Map.of("CELADON_COMPILER_BUILD_LIMIT", "3s"));
        assertThat(failure(Map.of("package.json", script("sleep 600")))).isEqualTo("build took longer than 3 seconds");
        assertNothingIsLeft();
    }

    @Test
    void aBuildThatEatsItsMemoryFails() throws Exception {
        startService(Map.of("CELADON_COMPILER_MEMORY_MB", "128"));
        String eater = "exec node -e 'const a=[];for(;;)a.push(Buffer.alloc(1<<24,1))'";
        assertThat(failure(Map.of("package.json", script(eater)))).startsWith("failed to compile Node.js app");
        assertNothingIsLeft();
    }

    @Test
    void anInterruptedBuildStartsOverAfterTheRestart() throws Exception {
        startService(Map.of());
        UUID app = views.app(STACK);
        UUID build = push(app, Map.of("package.json", script("echo begun; [ -e /tmp/env/GO ] || sleep 600")));
        await().atMost(Duration.ofSeconds(30)).until(() -> hasPrinted(build, "begun"));
        get(started.remove(0).stop());
        assertThat(row(build).getString("status")).isEqualTo("building");
        views.configVars(app, "{\"GO\":\"1\"}");
        startService(Map.of());
        assertThat(ended(build).getString("status")).isEqualTo("succeeded");
        assertNothingIsLeft();
    }

    @Test
    void aDeletedAppTakesItsSlugAndCacheAlong() throws Exception {
        startService(Map.of("CELADON_COMPILER_APPS_INTERVAL", "200ms"));
        UUID app = views.app(STACK);
        UUID build = push(app, PROCFILE_APP);
        Row slug = slug(ended(build).getUUID("slug_id"));
        Path blob = platform.blobs().path(slug.getString("sha256"));
        Path cache = directory.resolve("compiler/cache/" + app + ".img");
        assertThat(blob).exists();
        assertThat(cache).exists();
        views.deleteApp(app);
        await().atMost(Duration.ofSeconds(10)).until(() -> !Files.exists(blob) && !Files.exists(cache));
    }

    private void startService(Map<String, String> changes) throws TimeoutException {
        Map<String, String> variables = new HashMap<>(changes);
        variables.put("CELADON_COMPILER_BUILDPACKS", "src/main/buildpacks");
        variables.putIfAbsent("CELADON_COMPILER_INTERVAL", "300ms");
        CompilerSettings settings = CompilerSettings.from(new Environment(variables));
        CompilerService service = new CompilerService(platform, settings, containers);
        started.add(service);
        get(service.start());
    }

    private UUID push(UUID app, Map<String, String> files) throws Exception {
        UUID push = views.push(app, sources.offer(files));
        platform.bus().publish(Topic.PUSH_RECEIVED, new PushReceived(push, app));
        return push;
    }

    private String failure(Map<String, String> files) throws Exception {
        return failure(views.app(STACK), files);
    }

    private String failure(UUID app, Map<String, String> files) throws Exception {
        Row row = ended(push(app, files));
        assertThat(row.getString("status")).isEqualTo("failed");
        return row.getString("failure");
    }

    /** Read as git-receiver reads it: from the URL in the row, until it ends. */
    private String output(UUID build) throws TimeoutException {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> rows(build).stream().anyMatch(row -> row.getString("output_url") != null));
        return get(platform.internal()
                        .call(HttpMethod.GET, row(build).getString("output_url"), Duration.ofSeconds(60))
                        .send())
                .bodyAsString();
    }

    private boolean hasPrinted(UUID build, String text) throws Exception {
        Path output = directory.resolve("compiler/builds/" + build + "/output");
        return Files.exists(output) && Files.readString(output).contains(text);
    }

    private Row ended(UUID build) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> rows(build).stream().anyMatch(row -> row.getString("output_sha256") != null));
        return row(build);
    }

    private Row row(UUID build) {
        try {
            return rows(build).get(0);
        } catch (TimeoutException late) {
            throw new AssertionError(late);
        }
    }

    private List<Row> rows(UUID build) throws TimeoutException {
        return get(
                platform.database().list("select * from compiler.v_builds where id = $1", Tuple.of(build), row -> row));
    }

    private Row slug(UUID id) throws TimeoutException {
        return get(platform.database().first("select * from compiler.v_slugs where id = $1", Tuple.of(id), row -> row))
                .orElseThrow();
    }

    private String list(String sha256) throws Exception {
        return Processes.runBlocking(
                        Duration.ofSeconds(10),
                        List.of(
                                "unsquashfs",
                                "-lln",
                                platform.blobs().path(sha256).toString()),
                        "")
                .orFail("unsquashfs")
                .output();
    }

    private void assertNothingIsLeft() {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(directory.resolve("compiler/builds")).isEmptyDirectory();
            assertThat(directory.resolve("compiler/mounts")).isEmptyDirectory();
            assertThat(get(containers.list())).isEmpty();
            assertThat(Files.readString(Path.of("/proc/self/mounts")))
                    .doesNotContain(directory.resolve("compiler").toString());
        });
    }

    private int call(HttpMethod method, String path) throws TimeoutException {
        return get(platform.internal()
                        .call(method, platform.internal().url() + path, Duration.ofSeconds(10))
                        .send())
                .statusCode();
    }

    private static String script(String build) {
        return new JsonObject()
                .put("scripts", new JsonObject().put("build", build))
                .encode();
    }

    private static String random(int bytes) {
        StringBuilder text = new StringBuilder();
        new java.util.Random(7).ints(bytes, 33, 126).forEach(character -> text.append((char) character));
        return text.toString();
    }

    private static <T> T get(Future<T> future) throws TimeoutException {
        return future.await(60, SECONDS);
    }
}
