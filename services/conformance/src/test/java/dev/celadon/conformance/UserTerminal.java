package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A command at a real terminal of its own, 111 by 33, and the user who types there. */
final class UserTerminal implements AutoCloseable {
    private final Process process;
    private final StringBuffer seen = new StringBuffer();
    private int read;

    UserTerminal(HerokuCli heroku, Path directory, String command) throws IOException {
        ProcessBuilder builder = heroku.prepared(
                directory, List.of("script", "-qefc", "stty rows 33 cols 111; " + command, "/dev/null"));
        builder.environment().put("TERM", "xterm-256color");
        process = builder.redirectErrorStream(true).start();
        Thread reader = new Thread(this::readAll, "terminal");
        reader.setDaemon(true);
        reader.start();
    }

    /** Waits for the text after what was awaited before; answers with all since then. */
    String await(String text) {
        Awaitility.await("'" + text + "' at the terminal")
                .atMost(Duration.ofSeconds(60))
                .until(() -> seen.indexOf(text, read) >= 0 || !process.isAlive());
        int at = seen.indexOf(text, read);
        assertThat(at).as(seen.toString()).isNotNegative();
        String since = seen.substring(read, at + text.length());
        read = at + text.length();
        return since;
    }

    /** Whether the text has come after what was awaited. */
    boolean has(String text) {
        return seen.indexOf(text, read) >= 0;
    }

    void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    int exit() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(seen.toString()).isTrue();
        return process.exitValue();
    }

    /** The window is closed. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private void readAll() {
        byte[] piece = new byte[8_192];
        try {
            int length = process.getInputStream().read(piece);
            while (length >= 0) {
                seen.append(new String(piece, 0, length, StandardCharsets.UTF_8));
                length = process.getInputStream().read(piece);
            }
        } catch (IOException closed) {
            // The process was ended under the reader.
        }
    }
}
