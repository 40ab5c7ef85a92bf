package dev.celadon.compiler.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.celadon.runtime.Processes;
import dev.celadon.runtime.Processes.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which Node.js and npm an app gets, with a registry of the test's own. */
class NodeVersionTest {
    private static final Path COMPILE =
            Path.of("src/main/buildpacks/nodejs/bin/compile").toAbsolutePath();
    /** Node.js of a version: the host's, but for what it says of itself. */
    private static final String NODE = """
            #!/bin/bash
            case "$*" in
              --version) echo v%1$s ;;
              *process.versions.node*) echo %1$s | cut -d. -f1 ;;
              *) PATH=/usr/local/bin:/usr/bin:/bin exec node "$@" ;;
            esac
            """;

    private static final String NPM = "#!/usr/bin/env node\nconsole.log('%s');\n";

    @TempDir
    Path directory;

    private final List<String> fetched = new CopyOnWriteArrayList<>();
    private Path served;
    private HttpServer registry;

    @BeforeEach
    void open() throws Exception {
        for (String name : List.of("build", "cache", "env", "served")) {
            Files.createDirectory(directory.resolve(name));
        }
        served = directory.resolve("served");
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/", exchange -> {
            Path file = served.resolve(exchange.getRequestURI().getPath().substring(1));
            boolean isThere = Files.isRegularFile(file);
            fetched.add(String.valueOf(file.getFileName()));
            byte[] body = isThere ? Files.readAllBytes(file) : "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isThere ? 200 : 404, body.length);
            try (var out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        registry.start();
        Files.writeString(directory.resolve("env/NPM_CONFIG_REGISTRY"), url(""));
        publish("node-linux-" + architecture(), "bin/node", NODE, "18.1.0", "90.2.0", "90.10.1", "91.0.0");
        publish("npm", "bin/npm-cli.js", NPM, "10.1.0", "11.2.3");
    }

    @AfterEach
    void close() {
        registry.stop(0);
    }

    @Test
    void theStacksNodeIsTakenWhereTheAppAsksForNothingElse() throws Exception {
        for (String engines : List.of("\"odd\"", "{\"node\":\">=1\",\"npm\":\">=1\"}")) {
            Result result = compile(engines);
            assertThat(result.exit()).as(result.output()).isZero();
            assertThat(directory.resolve("build/.heroku")).doesNotExist();
        }
        assertThat(fetched).isEmpty();
    }

    @Test
    void theNewestNodeOfTheRangeIsInTheSlugAndKeptForTheNextBuild() throws Exception {
        Result result = compile("{\"node\":\"90.x\"}");
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).contains("-----> Using Node.js v90.10.1 and npm 11.2.3");
        assertThat(directory.resolve("build/.heroku/node/bin/node")).isExecutable();
        assertThat(directory.resolve("build/.heroku/node/bin/npm")).isExecutable();
        assertThat(directory.resolve("build/.profile.d/nodejs.sh"))
                .content()
                .contains("PATH=/app/.heroku/node/bin:$PATH:/app/node_modules/.bin");
        fetched.clear();
        Result again = compile("{\"node\":\"90.x\"}");
        assertThat(again.output()).contains("Using Node.js v90.10.1");
        assertThat(fetched).noneMatch(file -> file.endsWith(".tgz"));
        compile("{\"node\":\"91\"}");
        assertThat(directory.resolve("cache/nodejs/tools/node-linux-" + architecture() + "-90.10.1"))
                .doesNotExist();
    }

    @Test
    void anNpmMayBeAskedForByItself() throws Exception {
        Result result = compile("{\"npm\":\"10.1.0\"}");
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).containsPattern("Using Node.js v\\d+\\.\\d+\\.\\d+ and npm 10\\.1\\.0");
        assertThat(directory.resolve("build/.heroku/node/bin/node")).doesNotExist();
    }

    @Test
    void aVersionThatThereIsNotEndsTheBuild() throws Exception {
        for (String wish : List.of("92.x", "newest; exit 0")) {
            Result result = compile("{\"node\":\"" + wish + "\"}");
            assertThat(result.exit()).isNotZero();
            assertThat(result.output()).contains(" !     no Node.js could be had for engines.node " + wish);
        }
    }

    private Result compile(String engines) throws Exception {
        Path build = directory.resolve("build");
        run("rm", "-rf", build.resolve(".heroku").toString());
        Files.writeString(
                build.resolve("package.json"), "{\"name\":\"a\",\"version\":\"1.0.0\",\"engines\":" + engines + "}");
        return Processes.runBlocking(
                Duration.ofSeconds(60),
                List.of(
                        COMPILE.toString(),
                        build.toString(),
                        directory.resolve("cache").toString(),
                        directory.resolve("env").toString()),
                "");
    }

    private void publish(String name, String file, String content, String... versions) throws Exception {
        List<String> entries = new ArrayList<>();
        for (String version : versions) {
            Path tree = directory.resolve("tree-" + name + version);
            Path executable = tree.resolve("package").resolve(file);
            Files.createDirectories(executable.getParent());
            Files.writeString(executable, content.formatted(version));
            assertThat(executable.toFile().setExecutable(true)).isTrue();
            manifest(tree.resolve("package/package.json"), name, version);
            Path tgz = served.resolve(name + "-" + version + ".tgz");
            run("tar", "czf", tgz.toString(), "-C", tree.toString(), "package");
            entries.add(
                    "\"%1$s\":{\"name\":\"%2$s\",\"version\":\"%1$s\",\"dist\":{\"tarball\":\"%3$s\",\"integrity\":\"%4$s\"}}"
                            .formatted(version, name, url(String.valueOf(tgz.getFileName())), integrity(tgz)));
        }
        Files.writeString(
                served.resolve(name),
                "{\"name\":\"" + name + "\",\"dist-tags\":{\"latest\":\"" + versions[versions.length - 1]
                        + "\"},\"versions\":{" + String.join(",", entries) + "}}");
    }

    private static void manifest(Path file, String name, String version) throws IOException {
        Files.writeString(file, "{\"name\":\"" + name + "\",\"version\":\"" + version + "\"}");
    }

    private static String integrity(Path file) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(file));
        return "sha512-" + Base64.getEncoder().encodeToString(digest);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + registry.getAddress().getPort() + "/" + path;
    }

    private static String architecture() throws Exception {
        return run("node", "-p", "process.arch");
    }

    private static String run(String... command) throws Exception {
        return Processes.runBlocking(Duration.ofSeconds(30), List.of(command), "")
                .orFail(command[0])
                .output()
                .strip();
    }
}
