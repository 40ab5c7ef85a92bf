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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a log line from any service to the logplex that owns its app, over internal HTTP in batches. The buffer
 * has a bound in lines and one in bytes: past it the newest lines are lost, counted, and shown in the app's log as
 * L12. Lines that a logplex refuses are lost, too, and shown as L13: sending them again would hold up all that follow.
 */
public final class AppLog {
    private static final Logger log = LoggerFactory.getLogger(AppLog.class);
    private static final int CAPACITY = 10_000;
    private static final long CAPACITY_BYTES = 16 << 20;
    private static final int BATCH_BYTES = 1 << 20;
    private static final String TELLER = "logplex";
    private static final Duration FLUSH_EVERY = Duration.ofMillis(50);
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final InternalHttp internal;
    private final Members members;
    private final Clock clock;
    private final Counter lost;
    private final ArrayBlockingQueue<LogLine> waiting = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Map<UUID, Loss> losses = new ConcurrentHashMap<>();
    private final Map<UUID, Loss> refused = new ConcurrentHashMap<>();
    private long timer = -1;
    private boolean isSending;

    private record Loss(long lines, Instant since) {
        Loss and(Loss later) {
            return new Loss(lines + later.lines, since);
        }
    }

    /** Lines of one owner, at most {@link #BATCH_BYTES} long together unless a single one is longer. */
    private record Batch(String url, List<LogLine> lines, Buffer body) {}

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
        int bytes = line.text().length();
        if (waitingBytes.addAndGet(bytes) > CAPACITY_BYTES || !waiting.offer(line)) {
            waitingBytes.addAndGet(-bytes);
            lose(losses, line);
        }
    }

    private void lose(Map<UUID, Loss> from, LogLine line) {
        lost.increment();
        from.merge(line.appId(), new Loss(1, line.at()), Loss::and);
    }

    /**
     * Hands lines over and completes when every owner has taken or refused its own; fails when one could not be asked,
     * and all may then be handed over again. For senders that hold their own buffer.
     */
    public Future<Void> deliver(List<LogLine> lines) {
        return attempt(lines)
                .compose(rest -> rest.isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture("no logplex took " + rest.size() + " lines"));
    }

    /** Completes with the lines that no logplex was there for. */
    private Future<List<LogLine>> attempt(List<LogLine> lines) {
        List<LogLine> rest = new ArrayList<>();
        Map<String, List<Batch>> byOwner = new LinkedHashMap<>();
        for (LogLine line : lines) {
            var owner = members.owner("logplex", line.appId());
            if (owner.isEmpty()) {
                rest.add(line);
                continue;
            }
            List<Batch> batches = byOwner.computeIfAbsent(owner.get().url(), url -> new ArrayList<>());
            Buffer json = Json.write(line);
            if (batches.isEmpty() || batches.get(batches.size() - 1).body().length() + json.length() > BATCH_BYTES) {
                batches.add(new Batch(owner.get().url(), new ArrayList<>(), Buffer.buffer()));
            }
            Batch last = batches.get(batches.size() - 1);
            last.lines().add(line);
            last.body().appendBuffer(json).appendByte((byte) '\n');
        }
        List<Future<List<LogLine>>> posts = new ArrayList<>();
        byOwner.values().forEach(batches -> posts.add(post(batches, 0)));
        return Future.all(posts).map(done -> {
            posts.forEach(left -> rest.addAll(left.result()));
            return rest;
        });
    }

    /** One after the other, which keeps each app's lines in order. */
    private Future<List<LogLine>> post(List<Batch> batches, int from) {
        if (from == batches.size()) {
            return Future.succeededFuture(List.of());
        }
        Batch batch = batches.get(from);
        return internal.call(HttpMethod.POST, batch.url() + "/logplex/lines", DEADLINE)
                .sendBuffer(batch.body())
                .compose(response -> {
                    if (response.statusCode() >= 500) {
                        return Future.failedFuture("logplex answered " + response.statusCode());
                    }
                    if (response.statusCode() >= 400) {
                        refuse(batch, response.statusCode());
                    }
                    return Future.succeededFuture();
                })
                .transform(taken -> taken.succeeded()
                        ? post(batches, from + 1)
                        : Future.succeededFuture(batches.subList(from, batches.size()).stream()
                                .flatMap(left -> left.lines().stream())
                                .toList()));
    }

    private void refuse(Batch batch, int status) {
        log.atError()
                .addKeyValue("status", status)
                .addKeyValue("lines", batch.lines().size())
                .log("log-lines-refused");
        // A refused word of a loss is not told again, or it would go round for ever.
        batch.lines().stream().filter(line -> !line.process().equals(TELLER)).forEach(line -> lose(refused, line));
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
        attempt(batch).onSuccess(rest -> {
            if (rest.isEmpty()) {
                isSending = false;
                flush();
                return;
            }
            if (attempt == 1) {
                log.atWarn().addKeyValue("lines", rest.size()).log("log-delivery-waits");
            }
            vertx.setTimer(Math.min(5_000, 100L << Math.min(attempt, 6)), tick -> send(rest, attempt + 1));
        });
    }

    private List<LogLine> takeBatch() {
        List<LogLine> batch = new ArrayList<>();
        tell(losses, LogError.L12, batch);
        tell(refused, LogError.L13, batch);
        long bytes = 0;
        while (bytes < BATCH_BYTES) {
            LogLine line = waiting.poll();
            if (line == null) {
                break;
            }
            bytes += line.text().length();
            batch.add(line);
        }
        waitingBytes.addAndGet(-bytes);
        return batch;
    }

    private void tell(Map<UUID, Loss> from, LogError error, List<LogLine> to) {
        for (UUID appId : List.copyOf(from.keySet())) {
            Loss loss = from.remove(appId);
            if (loss != null) {
                to.add(new LogLine(appId, clock.instant(), "heroku", TELLER, error.line(loss.lines(), loss.since())));
            }
        }
    }
}
