package dev.celadon.compiler.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.celadon.runtime.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of the build container with a plan, run as it is; buildpacks come from a real server. */
class BuildScriptTest {
    private static final Path SCRIPT = Path.of("src/main/buildpacks/build").toAbsolutePath();

    @TempDir
    Path directory;

    private Path root;
    private Path served;
    private HttpServer server;

    /** How the script ended. */
    record Ended(int exit, String output) {}

    @BeforeEach
    void open() throws Exception {
        root = Files.createDirectory(directory.resolve("root"));
        for (String name : List.of("build", "cache", "env", "result", "plan")) {
            Files.createDirectory(root.resolve(name));
        }
        served = Files.createDirectory(directory.resolve("served"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            Path file = served.resolve(exchange.getRequestURI().getPath().substring(1));
            if (Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(200, 0);
                try (var out = exchange.getResponseBody()) {
                    Files.copy(file, out);
                }
            } else {
                exchange.sendResponseHeaders(404, -1);
                exchange.close();
            }
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @Test
    void aBuildpackOfAGitUrlCompilesTheApp() throws Exception {
        gitBuildpack("first", "one");
        Files.writeString(root.resolve("env/GREETING"), "hello");
        Ended ended = build("git - " + url("first.git"));
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output())
                .containsSubsequence(
                        "-----> Fetching buildpack " + url("first.git"),
                        "-----> first app detected",
                        "first one hello");
        assertThat(root.resolve("result/detected")).hasContent("first");
        assertThat(root.resolve("result/release.yml")).content().contains("web: run first");
    }

    @Test
    void aRefIsABranchATagOrACommit() throws Exception {
        Path work = gitBuildpack("pack", "one");
        String commit = run(work, "git", "rev-parse", "HEAD");
        run(work, "git", "tag", "v1");
        run(work, "git", "checkout", "-q", "-b", "next");
        writeBuildpack(work, "pack", "two");
        publish(work, "pack");
        for (String[] ref : new String[][] {{"v1", "one"}, {"next", "two"}, {commit, "one"}, {"-", "one"}}) {
            Ended ended = build("git " + ref[0] + " " + url("pack.git"));
            assertThat(ended.exit()).as(ended.output()).isZero();
            assertThat(ended.output()).contains("pack " + ref[1]);
        }
        Ended unknown = build("git nothing " + url("pack.git"));
        assertThat(unknown.exit()).isEqualTo(13);
        assertThat(unknown.output())
                .contains(
                        " It has no branch, tag or commit nothing",
                        "Buildpack " + url("pack.git") + " could not be fetched");
    }

    @Test
    void anArchiveMayHaveItsBuildpackInOneDirectory() throws Exception {
        Path flat = Files.createDirectory(directory.resolve("flat"));
        writeBuildpack(flat, "flat", "one");
        run(flat, "tar", "czf", served.resolve("flat.tgz").toString(), ".");
        run(directory, "tar", "czf", served.resolve("deep.tgz").toString(), "flat");
        for (String name : List.of("flat.tgz", "deep.tgz")) {
            Ended ended = build("archive - " + url(name));
            assertThat(ended.exit()).as(ended.output()).isZero();
            assertThat(ended.output()).contains("-----> flat app detected");
        }
        Ended missing = build("archive - " + url("missing.tgz"));
        assertThat(missing.exit()).isEqualTo(13);
        assertThat(missing.output()).contains("404", " could not be fetched");
    }

    @Test
    void severalRunInTheirOrderAndEachSeesWhatThoseBeforeItExport() throws Exception {
        Path work = gitBuildpack("first", "one");
        Files.writeString(
                work.resolve("bin/compile"), "echo 'export TOOL=\"the tool\"' > \"$(dirname \"$0\")/../export\"\n");
        publish(work, "first");
        Path second = gitBuildpack("second", "two");
        Files.writeString(second.resolve("bin/compile"), "#!/bin/sh\necho \"with $TOOL\"\n");
        publish(second, "second");
        Ended ended = build("git - " + url("first.git"), "git - " + url("second.git"));
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output())
                .containsSubsequence("-----> first app detected", "-----> second app detected", "with the tool");
        assertThat(root.resolve("result/detected")).hasContent("second");
        assertThat(root.resolve("result/release.yml")).content().contains("web: run second");
    }

    @Test
    void builtInOnesMayComeFirst() throws Exception {
        Files.writeString(root.resolve("build/package.json"), "{\"scripts\":{\"start\":\"node x\"}}");
        gitBuildpack("last", "one");
        Ended ended = build("built_in - nodejs", "git - " + url("last.git"));
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output()).containsSubsequence("-----> Node.js app detected", "-----> last app detected");
    }

    @Test
    void oneThatDoesNotSuitTheAppOrIsNoneEndsTheBuild() throws Exception {
        Ended unsuited = build("built_in - nodejs");
        assertThat(unsuited.exit()).isEqualTo(14);
        assertThat(unsuited.output()).contains(" !     App not compatible with buildpack: nodejs");
        Path work = Files.createDirectory(directory.resolve("empty"));
        Files.writeString(work.resolve("README"), "x");
        run(work, "git", "init", "-q", "-b", "main");
        publish(work, "empty");
        Ended none = build("git - " + url("empty.git"));
        assertThat(none.exit()).isEqualTo(13);
        assertThat(none.output()).contains(" has no bin/detect");
    }

    @Test
    void submodulesAreThereWithTheirOwnBeforeAnyBuildpackRuns() throws Exception {
        Path deep = gitBuildpack("deep", "one");
        Path library = gitBuildpack("library", "one");
        run(library, "git", "submodule", "--quiet", "add", url("deep.git"), "vendor/deep");
        publish(library, "library");
        String commit = run(library, "git", "rev-parse", "HEAD");
        Files.writeString(deep.resolve("later"), "x");
        publish(deep, "deep");
        Files.createDirectories(root.resolve("build/lib/one"));
        Files.writeString(root.resolve("build/Procfile"), "web: x");
        Files.writeString(root.resolve("plan/submodules"), commit + " " + url("library.git") + " lib/one\n");
        Ended ended = build();
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output())
                .containsSubsequence(
                        "-----> Git submodules detected, installing",
                        "       lib/one from " + url("library.git"),
                        "-----> Procfile app detected");
        assertThat(root.resolve("build/lib/one/vendor/deep/bin/detect")).exists();
        assertThat(root.resolve("build/lib/one/vendor/deep/later")).doesNotExist();
        assertThat(root.resolve("build/lib/one/.git")).doesNotExist();
        assertThat(root.resolve("build/lib/one/vendor/deep/.git")).doesNotExist();
    }

    @Test
    void aSubmoduleThatThereIsNotEndsTheBuild() throws Exception {
        Files.createDirectories(root.resolve("build/lib"));
        Files.writeString(root.resolve("plan/submodules"), "0".repeat(40) + " " + url("none.git") + " lib\n");
        Ended ended = build();
        assertThat(ended.exit()).isEqualTo(15);
        assertThat(ended.output()).contains(" !     Submodule lib could not be fetched");
    }

    private Path gitBuildpack(String name, String word) throws Exception {
        Path work = Files.createDirectory(directory.resolve(name));
        run(work, "git", "init", "-q", "-b", "main");
        writeBuildpack(work, name, word);
        publish(work, name);
        return work;
    }

    private static void writeBuildpack(Path work, String name, String word) throws IOException {
        Files.createDirectories(work.resolve("bin"));
        Files.writeString(work.resolve("bin/detect"), "#!/bin/sh\necho " + name + "\n");
        Files.writeString(
                work.resolve("bin/compile"),
                "#!/bin/sh\necho " + name + " " + word + " $(cat $3/GREETING 2>/dev/null)\n");
        Files.writeString(
                work.resolve("bin/release"),
                "#!/bin/sh\nprintf -- '---\\ndefault_process_types:\\n  web: run " + name + "\\n'\n");
    }

    /** As a plain web server gives a repository out. */
    private void publish(Path work, String name) throws Exception {
        run(work, "git", "add", "-A");
        run(work, "git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "x");
        run(directory, "rm", "-rf", served.resolve(name + ".git").toString());
        run(
                directory,
                "git",
                "clone",
                "-q",
                "--bare",
                work.toString(),
                served.resolve(name + ".git").toString());
        run(served.resolve(name + ".git"), "git", "symbolic-ref", "HEAD", "refs/heads/main");
        run(served.resolve(name + ".git"), "git", "update-server-info");
    }

    private String url(String name) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
    }

    private Ended build(String... plan) throws Exception {
        run(directory, "rm", "-rf", root.resolve("packs").toString());
        Files.write(root.resolve("plan/buildpacks"), List.of(plan));
        ProcessBuilder builder = new ProcessBuilder("bash", SCRIPT.toString()).redirectErrorStream(true);
        builder.environment().put("BUILD_ROOT", root.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output);
    }

    private static String run(Path directory, String... command) throws Exception {
        List<String> inside = new java.util.ArrayList<>(List.of("env", "-C", directory.toString()));
        inside.addAll(List.of(command));
        return Processes.runBlocking(Duration.ofSeconds(30), inside, "")
                .orFail(command[0])
                .output()
                .strip();
    }
}
