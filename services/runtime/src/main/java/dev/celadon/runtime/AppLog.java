package dev.celadon.runtime;

import dev.celadon.contract.LogError;
import dev.celadon.contract.LogLine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a log line from any service to the logplex that owns its app, over internal HTTP in batches. The buffer
 * has a bound: past it the newest lines are lost, counted, and shown in the app's log as L12.
 */
public final class AppLog {
    private static final Logger log = LoggerFactory.getLogger(AppLog.class);
    private static final int CAPACITY = 10_000;
    private static final int BATCH_LINES = 1_000;
    private static final Duration FLUSH_EVERY = Duration.ofMillis(50);
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final InternalHttp internal;
    private final Members members;
    private final Clock clock;
    private final Counter lost;
    private final ArrayBlockingQueue<LogLine> waiting = new ArrayBlockingQueue<>(CAPACITY);
    private final Map<UUID, Loss> losses = new ConcurrentHashMap<>();
    private long timer = -1;
    private boolean isSending;

    private record Loss(long lines, Instant since) {}

    public AppLog(Vertx vertx, InternalHttp internal, Members members, Clock clock, MeterRegistry meters) {
        this.vertx = vertx;
        this.internal = internal;
        this.members = members;
        this.clock = clock;
        this.lost = meters.counter("log.lines.lost");
    }

    public void start() {
        timer = vertx.setPeriodic(FLUSH_EVERY.toMillis(), tick -> flush());
    }

    /** Sends what waits, as far as a logplex takes it within the deadline. */
    public Future<Void> stop() {
        vertx.cancelTimer(timer);
        return deliver(takeBatch());
    }

    /** A line of the platform about an app: {@code heroku[api]}, {@code heroku[web.1]}. Callable from any thread. */
    public void platform(UUID appId, String process, String text) {
        write(new LogLine(appId, clock.instant(), "heroku", process, text));
    }

    /** Never blocks: past the bound the line is lost and counted. Callable from any thread. */
    public void write(LogLine line) {
        if (!waiting.offer(line)) {
            lost.increment();
            losses.merge(
                    line.appId(),
                    new Loss(1, line.at()),
                    (before, one) -> new Loss(before.lines() + 1, before.since()));
        }
    }

    /** Hands lines over and completes when every owner has taken its own; for senders that hold their own buffer. */
    public Future<Void> deliver(List<LogLine> lines) {
        if (lines.isEmpty()) {
            return Future.succeededFuture();
        }
        Map<UUID, List<LogLine>> byApp = lines.stream().collect(Collectors.groupingBy(LogLine::appId));
        Map<String, Buffer> bodies = new HashMap<>();
        for (Map.Entry<UUID, List<LogLine>> app : byApp.entrySet()) {
            var owner = members.owner("logplex", app.getKey());
            if (owner.isEmpty()) {
                return Future.failedFuture("no logplex is up");
            }
            Buffer body = bodies.computeIfAbsent(owner.get().url(), url -> Buffer.buffer());
            app.getValue().forEach(line -> body.appendBuffer(Json.write(line)).appendByte((byte) '\n'));
        }
        List<Future<?>> posts = new ArrayList<>();
        bodies.forEach((url, body) -> posts.add(post(url, body)));
        return Future.all(posts).mapEmpty();
    }

    private Future<Void> post(String url, Buffer body) {
        return internal.call(HttpMethod.POST, url + "/logplex/lines", DEADLINE)
                .sendBuffer(body)
                .compose(response -> response.statusCode() == 204
                        ? Future.succeededFuture()
                        : Future.failedFuture("logplex answered " + response.statusCode()));
    }

    private void flush() {
        if (isSending) {
            return;
        }
        List<LogLine> batch = takeBatch();
        if (batch.isEmpty()) {
            return;
        }
        isSending = true;
        send(batch, 1);
    }

    /** One batch at a time keeps each app's lines in order; a logplex that is away is tried again until it is back. */
    private void send(List<LogLine> batch, int attempt) {
        deliver(batch)
                .onSuccess(done -> {
                    isSending = false;
                    flush();
                })
                .onFailure(cause -> {
                    if (attempt == 1) {
                        log.atWarn().addKeyValue("reason", cause.getMessage()).log("log-delivery-waits");
                    }
                    vertx.setTimer(Math.min(5_000, 100L << Math.min(attempt, 6)), tick -> send(batch, attempt + 1));
                });
    }

    private List<LogLine> takeBatch() {
        List<LogLine> batch = new ArrayList<>();
        losses.keySet().forEach(appId -> {
            Loss loss = losses.remove(appId);
            if (loss != null) {
                String text = LogError.L12.line(loss.lines(), loss.since());
                batch.add(new LogLine(appId, clock.instant(), "heroku", "logplex", text));
            }
        });
        waiting.drainTo(batch, BATCH_LINES);
        return batch;
    }
}
