package dev.celadon.compiler.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.BuiltInBuildpacks;
import dev.celadon.runtime.Processes;
import dev.celadon.runtime.Processes.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The buildpacks' scripts, run as they are. */
class BuildpacksTest {
    private static final Path BUILDPACKS = Path.of("src/main/buildpacks").toAbsolutePath();

    @TempDir
    Path directory;

    private Path build;
    private Path cache;
    private Path variables;

    @BeforeEach
    void makeDirectories() throws Exception {
        build = Files.createDirectory(directory.resolve("build"));
        cache = Files.createDirectory(directory.resolve("cache"));
        variables = Files.createDirectory(directory.resolve("env"));
    }

    @Test
    void thereIsEachThatTheWholePlatformKnows() throws Exception {
        try (var directories = Files.list(BUILDPACKS)) {
            assertThat(directories
                            .filter(Files::isDirectory)
                            .map(directory -> directory.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(BuiltInBuildpacks.NAMES);
        }
    }

    @Test
    void eachDetectsItsOwnAppsAndNamesThem() throws Exception {
        assertThat(detect("nodejs").exit()).isNotZero();
        assertThat(detect("java").exit()).isNotZero();
        assertThat(detect("python").exit()).isNotZero();
        assertThat(detect("procfile").exit()).isNotZero();
        assertThat(detect("ruby").exit()).isNotZero();
        assertThat(detect("clojure").exit()).isNotZero();
        assertThat(detect("scala").exit()).isNotZero();
        write("package.json", "{}");
        write("project.clj", "");
        write("build.sbt", "");
        write("pom.xml", "<project/>");
        write("app.py", "");
        write("Procfile", "web: x");
        assertThat(detect("nodejs")).isEqualTo(new Result(0, "Node.js\n"));
        assertThat(detect("java")).isEqualTo(new Result(0, "Java\n"));
        assertThat(detect("python")).isEqualTo(new Result(0, "Python\n"));
        assertThat(detect("procfile")).isEqualTo(new Result(0, "Procfile\n"));
        assertThat(detect("clojure")).isEqualTo(new Result(0, "Clojure\n"));
        assertThat(detect("scala")).isEqualTo(new Result(0, "Scala\n"));
    }

    @Test
    void rubyAppsAreNamedAndStartedAsWhatTheyAre() throws Exception {
        write("Gemfile", "");
        assertThat(detect("ruby")).isEqualTo(new Result(0, "Ruby\n"));
        assertThat(release("ruby")).contains("rake: bundle exec rake").doesNotContain("web:");
        write("config.ru", "");
        assertThat(detect("ruby")).isEqualTo(new Result(0, "Ruby/Rack\n"));
        assertThat(release("ruby")).contains("web: bundle exec rackup config.ru");
        write("Gemfile.lock", "GEM\n  specs:\n    railties (7.0.4)\n");
        assertThat(detect("ruby")).isEqualTo(new Result(0, "Ruby/Rails\n"));
        assertThat(release("ruby")).contains("web: bundle exec rails server", "worker: bundle exec rake jobs:work");
    }

    @Test
    void nodeStartsByItsStartScriptOrItsServer() throws Exception {
        write("package.json", "{}");
        assertThat(release("nodejs")).doesNotContain("web");
        write("server.js", "");
        assertThat(release("nodejs")).contains("web: npm start");
        write("package.json", "{\"scripts\":{\"start\":\"node x\"}}");
        assertThat(release("nodejs")).contains("web: npm start");
    }

    @Test
    void nodeWithoutDependenciesRunsItsBuildWithTheConfigVars() throws Exception {
        write("package.json", "{\"scripts\":{\"build\":\"echo $A > built; echo $PATH > path\"}}");
        Files.writeString(variables.resolve("A"), "one two");
        Files.writeString(variables.resolve("PATH"), "/nowhere");
        Result result = compile("nodejs");
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).contains("-----> No dependencies to install", "-----> Running build");
        assertThat(build.resolve("built")).hasContent("one two");
        assertThat(Files.readString(build.resolve("path"))).doesNotContain("/nowhere");
    }

    @Test
    void nodeRestoresUnchangedDependenciesWithoutNpm() throws Exception {
        writeWithLocalDependency("{}");
        write("package-lock.json", """
                {"name":"a","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{
                 "":{"name":"a","version":"1.0.0","dependencies":{"lib":"file:lib"}},
                 "lib":{"version":"1.0.0"},"node_modules/lib":{"resolved":"lib","link":true}}}
                """);
        String[] outputs = compileAgain("nodejs");
        assertThat(outputs[0]).contains("-----> Installing dependencies", "npm ci");
        assertThat(outputs[1])
                .contains("-----> Restoring dependencies from cache")
                .doesNotContain("npm ci");
        assertThat(build.resolve("node_modules/lib/package.json")).exists();
    }

    @Test
    void nodeKeepsTheVersionsItChoseWithoutALockFile() throws Exception {
        writeWithLocalDependency("{}");
        String[] outputs = compileAgain("nodejs");
        assertThat(outputs[0]).contains("npm install (no lock file: versions are chosen now)");
        assertThat(outputs[1]).contains("-----> Restoring dependencies from cache");
        assertThat(build.resolve("node_modules/lib/package.json")).exists();
    }

    @Test
    void nodeRunsTheAppsOwnInstallScriptsAtEachBuild() throws Exception {
        writeWithLocalDependency("{\"postinstall\":\"echo ran >> ran\"}");
        compileAgain("nodejs");
        assertThat(build.resolve("ran")).hasContent("ran\nran\n");
    }

    /** A dependency of the tree itself: npm installs it without the network. */
    private void writeWithLocalDependency(String scripts) throws Exception {
        write("lib/package.json", "{\"name\":\"lib\",\"version\":\"1.0.0\"}");
        write(
                "package.json",
                "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"lib\":\"file:lib\"},\"scripts\":" + scripts
                        + "}");
    }

    /** What two builds of one tree say, the second without the first one's {@code node_modules}. */
    private String[] compileAgain(String buildpack) throws Exception {
        Result first = compile(buildpack);
        assertThat(first.exit()).as(first.output()).isZero();
        List<String> removal =
                List.of("rm", "-rf", build.resolve("node_modules").toString());
        Processes.runBlocking(Duration.ofSeconds(10), removal, "");
        Result second = compile(buildpack);
        assertThat(second.exit()).as(second.output()).isZero();
        return new String[] {first.output(), second.output()};
    }

    @Test
    void nodeSaysThatPackageJsonIsBroken() throws Exception {
        write("package.json", "{");
        Result result = compile("nodejs");
        assertThat(result.exit()).isNotZero();
        assertThat(result.output()).contains(" !     package.json is no valid JSON");
    }

    @Test
    void pythonWithoutRequirementsInstallsNothing() throws Exception {
        write("app.py", "");
        write("requirements.txt", "# none\n\n");
        Result result = compile("python");
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(build.resolve(".python")).doesNotExist();
        assertThat(build.resolve(".profile.d/python.sh")).content().contains("PYTHONUNBUFFERED");
    }

    @Test
    void pythonInstallsItsRequirementsWithPip() throws Exception {
        // A wheel of the tree itself: pip installs it without an index.
        Files.createDirectories(build.resolve("wheels"));
        wheel("wheels/tiny-1.0-py3-none-any.whl");
        write("requirements.txt", "--no-index\n--find-links wheels\ntiny==1.0\n");
        Result result = compile("python");
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output())
                .contains("-----> Installing requirements with pip", "Successfully installed tiny-1.0");
        assertThat(build.resolve(".python/tiny.py")).hasContent("WORD = 'tiny'");
        assertThat(build.resolve(".profile.d/python.sh")).content().contains("PYTHONPATH=/app/.python");
    }

    @Test
    void pythonSaysWhichRequirementThereIsNot() throws Exception {
        write("requirements.txt", "--no-index\nnot-there==1.0\n");
        Result result = compile("python");
        assertThat(result.exit()).isNotZero();
        assertThat(result.output()).contains("No matching distribution found for not-there==1.0");
        assertThat(build.resolve(".profile.d/python.sh")).doesNotExist();
    }

    @Test
    void javaRunsTheOneRunnableJar() throws Exception {
        assertThat(release("java")).doesNotContain("web");
        Files.createDirectories(build.resolve("target"));
        jar("app.jar", "Main-Class: a.B\n");
        jar("library.jar", "");
        assertThat(release("java")).contains("web: java $JAVA_OPTS -jar target/app.jar");
        jar("second.jar", "Main-Class: a.C\n");
        assertThat(release("java")).doesNotContain("web");
    }

    @Test
    void clojureRunsItsUberjar() throws Exception {
        write("project.clj", "(defproject a \"1\"\n  :uberjar-name \"a-alone.jar\")\n");
        assertThat(release("clojure")).doesNotContain("web");
        write("target/uberjar/a-alone.jar", "");
        assertThat(release("clojure")).contains("web: java $JAVA_OPTS -jar target/uberjar/a-alone.jar");
        write("project.clj", "(defproject a \"1\")\n");
        write("bin/lein", "");
        assertThat(build.resolve("bin/lein").toFile().setExecutable(true)).isTrue();
        assertThat(compile("clojure"))
                .isEqualTo(new Result(1, " !     project.clj names no :uberjar-name, so there is no one jar to run\n"));
    }

    @Test
    void scalaRunsTheOneScriptThatWasStaged() throws Exception {
        write("target/universal/stage/bin/app.bat", "");
        assertThat(release("scala")).doesNotContain("web");
        write("target/universal/stage/bin/app", "");
        assertThat(build.resolve("target/universal/stage/bin/app").toFile().setExecutable(true))
                .isTrue();
        assertThat(release("scala")).contains("web: target/universal/stage/bin/app -Dhttp.port=$PORT");
        write("build.sbt", "");
        assertThat(compile("scala")).isEqualTo(new Result(1, " !     project/build.properties names no sbt.version\n"));
    }

    @Test
    void pythonSaysThatTheStackHasAnotherVersion() throws Exception {
        write("app.py", "");
        write("runtime.txt", "python-2.7.18\n");
        Result other = compile("python");
        assertThat(other.exit()).isNotZero();
        assertThat(other.output())
                .contains(" !     Requested runtime (python-2.7.18) is not available for this stack (cedar)");
        String version = Processes.runBlocking(Duration.ofSeconds(10), List.of("python3", "--version"), "")
                .output()
                .strip();
        write("runtime.txt", version.toLowerCase(Locale.ROOT).replace(' ', '-') + "\n");
        assertThat(compile("python").exit()).isZero();
    }

    @Test
    void javaSaysThatTheStackHasAnotherVersion() throws Exception {
        write("mvnw", "#!/bin/sh\necho \"packs $*\"\n");
        assertThat(build.resolve("mvnw").toFile().setExecutable(true)).isTrue();
        write("system.properties", "java.runtime.version=1.8\n");
        assertThat(compile("java").output())
                .containsPattern(" !     system.properties asks for Java 1.8: the stack has \\d+, which is used\\.")
                .contains("       packs -B -Dstyle.color=never -DskipTests");
        write("system.properties", "java.runtime.version=" + Runtime.version().feature() + "\n");
        assertThat(compile("java").output()).doesNotContain(" !     ");
        Files.delete(build.resolve("system.properties"));
        assertThat(compile("java").output()).doesNotContain(" !     ").contains("       packs -B");
    }

    private void wheel(String name) throws Exception {
        try (var zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(build.resolve(name)))) {
            for (String[] file : new String[][] {
                {"tiny.py", "WORD = 'tiny'\n"},
                {"tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"},
                {"tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
                {"tiny-1.0.dist-info/RECORD", "tiny.py,,\n"}
            }) {
                zip.putNextEntry(new java.util.zip.ZipEntry(file[0]));
                zip.write(file[1].getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
    }

    private void jar(String name, String manifest) throws Exception {
        Path file = build.resolve("target").resolve(name);
        try (var zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new java.util.zip.ZipEntry("META-INF/MANIFEST.MF"));
            zip.write(("Manifest-Version: 1.0\n" + manifest).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private void write(String name, String text) throws Exception {
        Path file = build.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Result detect(String buildpack) throws Exception {
        return run(buildpack, "detect", build.toString());
    }

    private Result compile(String buildpack) throws Exception {
        return run(buildpack, "compile", build.toString(), cache.toString(), variables.toString());
    }

    private String release(String buildpack) throws Exception {
        return run(buildpack, "release", build.toString()).orFail("release").output();
    }

    private static Result run(String buildpack, String script, String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>();
        command.add(BUILDPACKS.resolve(buildpack).resolve("bin").resolve(script).toString());
        command.addAll(List.of(arguments));
        return Processes.runBlocking(Duration.ofSeconds(60), command, "");
    }
}
