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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final ArrayBlockingQueue<Line> waiting = new ArrayBlockingQueue<>(CAPACITY);
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

    /** A {@link LogLine} as JSON. */
    private static final class Line {
        final UUID appId;
        final byte[] json;
        final boolean isWordOfLoss;

        Line(UUID appId, byte[] json, boolean isWordOfLoss) {
            this.appId = appId;
            this.json = json;
            this.isWordOfLoss = isWordOfLoss;
        }

        static Line of(LogLine line) {
            return new Line(line.appId(), Json.write(line).getBytes(), false);
        }
    }

    /** Lines of one owner, at most {@link #BATCH_BYTES} long together unless a single one is longer. */
    private record Batch(String url, List<Line> lines) {
        Buffer body() {
            Buffer body = Buffer.buffer(bytes(lines) + lines.size());
            lines.forEach(line -> body.appendBytes(line.json).appendByte((byte) '\n'));
            return body;
        }
    }

    private static int bytes(List<Line> lines) {
        return lines.stream().mapToInt(line -> line.json.length).sum();
    }

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
        return handOver(takeBatch());
    }

    /** A line of the platform about an app: {@code heroku[api]}, {@code heroku[web.1]}. Callable from any thread. */
    public void platform(UUID appId, String process, String text) {
        write(new LogLine(appId, clock.instant(), "heroku", process, text));
    }

    /** Never blocks: past the bound the line is lost and counted. Callable from any thread. */
    public void write(LogLine line) {
        write(Line.of(line));
    }

    /** As {@link #write(LogLine)}, for one that is JSON already. */
    public void write(UUID appId, byte[] json) {
        write(new Line(appId, json, false));
    }

    private void write(Line line) {
        int bytes = line.json.length;
        if (waitingBytes.addAndGet(bytes) > CAPACITY_BYTES || !waiting.offer(line)) {
            waitingBytes.addAndGet(-bytes);
            lose(losses, line);
        }
    }

    private void lose(Map<UUID, Loss> from, Line line) {
        lost.increment();
        from.merge(line.appId, new Loss(1, clock.instant()), Loss::and);
    }

    /**
     * Hands lines over and completes when every owner has taken or refused its own; fails when one could not be asked,
     * and all may then be handed over again. For senders that hold their own buffer.
     */
    public Future<Void> deliver(List<LogLine> lines) {
        return handOver(lines.stream().map(Line::of).toList());
    }

    private Future<Void> handOver(List<Line> lines) {
        return attempt(lines)
                .compose(rest -> rest.isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture("no logplex took " + rest.size() + " lines"));
    }

    /** Completes with the lines that no logplex was there for. */
    private Future<List<Line>> attempt(List<Line> lines) {
        List<Line> rest = new ArrayList<>();
        Map<UUID, Optional<Members.Member>> owners = new HashMap<>();
        Map<String, List<Line>> byOwner = new LinkedHashMap<>();
        for (Line line : lines) {
            owners.computeIfAbsent(line.appId, app -> members.owner("logplex", app))
                    .map(owner -> byOwner.computeIfAbsent(owner.url(), url -> new ArrayList<>()))
                    .orElse(rest)
                    .add(line);
        }
        List<Future<List<Line>>> posts = new ArrayList<>();
        byOwner.forEach((url, own) -> posts.add(post(batches(url, own), 0)));
        return Future.all(posts).map(done -> {
            posts.forEach(left -> rest.addAll(left.result()));
            return rest;
        });
    }

    private static List<Batch> batches(String url, List<Line> lines) {
        List<Batch> batches = new ArrayList<>();
        int from = 0;
        int bytes = 0;
        for (int i = 0; i < lines.size(); i++) {
            int size = lines.get(i).json.length;
            if (i > from && bytes + size > BATCH_BYTES) {
                batches.add(new Batch(url, lines.subList(from, i)));
                from = i;
                bytes = 0;
            }
            bytes += size;
        }
        if (from < lines.size()) {
            batches.add(new Batch(url, lines.subList(from, lines.size())));
        }
        return batches;
    }

    /** One after the other, which keeps each app's lines in order. */
    private Future<List<Line>> post(List<Batch> batches, int from) {
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
        batch.lines().stream().filter(line -> !line.isWordOfLoss).forEach(line -> lose(refused, line));
    }

    private void flush() {
        if (isSending) {
            return;
        }
        List<Line> batch = takeBatch();
        if (batch.isEmpty()) {
            return;
        }
        isSending = true;
        send(batch, 1);
    }

    /** One batch at a time keeps each app's lines in order; a logplex that is away is tried again until it is back. */
    private void send(List<Line> batch, int attempt) {
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

    private List<Line> takeBatch() {
        List<Line> batch = new ArrayList<>();
        tell(losses, LogError.L12, batch);
        tell(refused, LogError.L13, batch);
        long bytes = 0;
        while (bytes < BATCH_BYTES) {
            Line line = waiting.poll();
            if (line == null) {
                break;
            }
            bytes += line.json.length;
            batch.add(line);
        }
        waitingBytes.addAndGet(-bytes);
        return batch;
    }

    private void tell(Map<UUID, Loss> from, LogError error, List<Line> to) {
        for (UUID appId : List.copyOf(from.keySet())) {
            Loss loss = from.remove(appId);
            if (loss != null) {
                String word = error.line(loss.lines(), loss.since());
                LogLine line = new LogLine(appId, clock.instant(), "heroku", TELLER, word);
                to.add(new Line(appId, Json.write(line).getBytes(), true));
            }
        }
    }
}
