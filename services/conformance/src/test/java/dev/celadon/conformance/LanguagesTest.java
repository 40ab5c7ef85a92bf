package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An app of every language, pushed onto images of the stack: {@code -Dceladon.stacks} names a directory that {@code
 * deploy/stack/build} filled. Without one there is nothing here to be shown. Needs npm's registry and Maven Central.
 */
@EnabledIfSystemProperty(named = "celadon.stacks", matches = ".+")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LanguagesTest {
    private static final Path APPS = Path.of("src/test/apps");

    @TempDir
    static Path directory;

    private RunningPlatform platform;

    @BeforeAll
    void start() throws Exception {
        Path stacks = Files.createDirectories(directory.resolve("data/stacks"));
        for (Path image : list(Path.of(System.getProperty("celadon.stacks")))) {
            if (image.toString().endsWith(".sqfs")) {
                Files.createSymbolicLink(stacks.resolve(image.getFileName()), image);
            }
        }
        platform = new RunningPlatform(directory.resolve("data"), Map.of());
    }

    @AfterAll
    void stop() throws Exception {
        platform.close();
    }

    @ParameterizedTest
    @CsvSource({
        "node, Node.js, node v",
        "node-of-its-own, Node.js, node v22.",
        "python, Python, python 3",
        "ruby, Ruby, ruby 3",
        "rack, Ruby/Rack, rack 3",
        "java, Java, java 17",
        "clojure, Clojure, clojure 1",
        "scala, Scala, scala 2",
        "clojure-script, Procfile, clojure script 1",
        "scala-script, Procfile, scala script 2"
    })
    void anAppOfEachLanguageIsDetectedBuiltAndServes(String name, String detected, String answer) throws Exception {
        String app = platform.createApp();
        RunningPlatform.Result push = platform.push(platform.repository(directory.resolve(app), files(name)), app);
        assertThat(push.exit()).as(push.output()).isZero();
        assertThat(push.output()).contains("-----> " + detected + " app detected");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(platform.request(app)).startsWith(answer).endsWith("200"));
    }

    private static Map<String, String> files(String app) throws IOException {
        Map<String, String> files = new HashMap<>();
        for (Path file : list(APPS.resolve(app))) {
            if (Files.isRegularFile(file)) {
                files.put(APPS.resolve(app).relativize(file).toString(), Files.readString(file));
            }
        }
        return files;
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.toList();
        }
    }
}
