package dev.celadon.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short host commands ({@code mount}, {@code ip}, {@code mksquashfs}), run on a bounded pool of their own. */
public final class Processes {
    private static final int MAX_OUTPUT_BYTES = 1 << 20;

    private final WorkerExecutor workers;

    public Processes(Vertx vertx, int atOnce) {
        this.workers = vertx.createSharedWorkerExecutor("processes", atOnce, 1, TimeUnit.HOURS);
    }

    /** How a command ended and what it printed, out and err in one. */
    public record Result(int exit, String output) {
        /** @throws IllegalStateException with the command's own words when it failed */
        public Result orFail(String what) {
            if (exit != 0) {
                throw new IllegalStateException(what + " failed (exit " + exit + "): " + output.strip());
            }
            return this;
        }
    }

    public Future<Result> run(Duration limit, List<String> command) {
        return run(limit, command, "");
    }

    /** With {@code input} on its stdin; past {@code limit} the command is killed and the future fails. */
    public Future<Result> run(Duration limit, List<String> command, String input) {
        return workers.executeBlocking(() -> runBlocking(limit, command, input), false);
    }

    public Future<Void> close() {
        return workers.close();
    }

    /** The same on the calling thread, which must be a worker's. */
    public static Result runBlocking(Duration limit, List<String> command, String input)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("celadon-process", ".out");
        try (InputStream printed = Files.newInputStream(output)) {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            // Without a name: whoever kills this process leaves nothing behind.
            Files.delete(output);
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException closedEarly) {
                // The command did not read its input; how it ended says whether that matters.
            }
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.get(0) + " did not end within " + limit);
            }
            return new Result(
                    process.exitValue(), new String(printed.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8));
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
