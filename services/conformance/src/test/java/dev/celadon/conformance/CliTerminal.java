package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A command on a terminal of its own, whose keys the test presses. */
final class CliTerminal implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path output;
    private final Process process;

    CliTerminal(ProcessBuilder builder) throws IOException {
        output = Files.createTempFile("terminal", ".out");
        process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    String text() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    CliTerminal awaitText(String expected) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(text()).contains(expected));
        return this;
    }

    CliTerminal type(String keys) throws IOException {
        process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return this;
    }

    /** Well or not. */
    void awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as(this::text)
                .isTrue();
    }

    /** What it printed, once it has ended well. */
    String end() throws InterruptedException {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as(this::text)
                .isTrue();
        assertThat(process.exitValue()).as(this::text).isZero();
        return text();
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.deleteIfExists(output);
    }
}
