package dev.celadon.deploy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was started, to be stopped in reverse: each step within a limit, and a failing step never skips the next. */
final class Closing {
    private static final Logger log = LoggerFactory.getLogger(Closing.class);

    private final Duration limit;
    private final Deque<Step> steps = new ArrayDeque<>();

    /** May throw what the part throws when it closes. */
    @FunctionalInterface
    interface Close {
        void close() throws Exception;
    }

    private record Step(String name, Close close) {}

    Closing(Duration limit) {
        this.limit = limit;
    }

    synchronized void add(String name, Close close) {
        steps.push(new Step(name, close));
    }

    void close() {
        Step step = next();
        while (step != null) {
            run(step);
            step = next();
        }
    }

    private synchronized @org.jspecify.annotations.Nullable Step next() {
        return steps.poll();
    }

    private void run(Step step) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            step.close().close();
            return null;
        });
        Thread thread = new Thread(task, "close-" + step.name());
        thread.setDaemon(true);
        thread.start();
        try {
            task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            log.atWarn()
                    .addKeyValue("part", step.name())
                    .addKeyValue("reason", String.valueOf(failed.getCause()))
                    .log("stop-failed");
        } catch (TimeoutException late) {
            log.atWarn().addKeyValue("part", step.name()).log("stop-took-too-long");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
