package dev.celadon.container;

import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows a container's log from where it was left, through rotation, and hands its lines over in batches: the next
 * batch is read when the last one was taken, so a slow taker slows the reading and nothing is held in memory. The
 * position is kept in a file beside the log, and moves only past lines that were taken. Where the container wrote so much
 * that a whole file was replaced before it was read, its lines are lost, and counted as well as their bytes allow.
 */
public final class LogTail {
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int MAX_LINE = 10_000;
    /** Far below the size of one file, and far above what a monitor writes besides the log. */
    private static final long LEAST_LOSS_BYTES = 1 << 20;

    private static final long TYPICAL_LINE_BYTES = 100;
    private static final Duration ACTIVE = Duration.ofMillis(30);
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Path log;
    private final Path positionFile;
    private final Function<List<Entry>, Future<Void>> taker;
    private final MonitorOutput monitor;
    private BiConsumer<Long, Instant> losses = (lines, since) -> {};
    private Instant lastTaken = Instant.EPOCH;
    private Map<String, String> unfinished = Map.of();
    private final Promise<Void> drained = Promise.promise();
    private Position position = new Position("", 0, 0, 0);
    private @Nullable FileChannel channel;
    private Duration pause = ACTIVE;
    private boolean isEnding;
    private long timer = -1;

    /** One line of the container's output; {@code stream} is {@code stdout} or {@code stderr}. */
    public record Entry(Instant at, String stream, String text) {}

    /** In which file, and how much was taken or given up of all files before this place. */
    private record Position(String file, long offset, long bytes, long lines) {
        Position in(String next) {
            return new Position(next, 0, bytes, lines);
        }

        Position after(long more, long moreLines) {
            return new Position(file, offset + more, bytes + more, lines + moreLines);
        }
    }

    private record Batch(List<Entry> entries, Position next, Map<String, String> unfinished) {}

    public LogTail(Vertx vertx, Path log, Function<List<Entry>, Future<Void>> taker) {
        this.vertx = vertx;
        this.log = log;
        this.positionFile = log.resolveSibling("log.position");
        this.taker = taker;
        this.monitor = new MonitorOutput(log.resolveSibling(ContainerHost.MONITOR));
    }

    /** Told how many lines were lost, about, and since when. */
    public LogTail onLoss(BiConsumer<Long, Instant> listener) {
        losses = listener;
        return this;
    }

    public void start() {
        vertx.executeBlocking(this::readPosition, true).onComplete(read -> next());
    }

    /** Reads to the end of what is written, then stops; completes when all of it was taken. */
    public Future<Void> drain() {
        isEnding = true;
        return drained.future();
    }

    /** Stops at once; the position stays for whoever follows the log next. */
    public void close() {
        vertx.cancelTimer(timer);
        drained.tryComplete();
        vertx.executeBlocking(this::closeChannel, true);
    }

    private void next() {
        boolean wasEnding = isEnding;
        vertx.executeBlocking(this::readBatch, true)
                .compose(batch -> batch.next().equals(position)
                        ? Future.succeededFuture(false)
                        : take(batch.entries())
                                .compose(taken -> vertx.executeBlocking(() -> keep(batch), true))
                                .map(kept -> true))
                .onSuccess(hadLines -> {
                    if (!hadLines && wasEnding) {
                        close();
                    } else {
                        pause = hadLines ? ACTIVE : min(pause.multipliedBy(2), IDLE);
                        wait(hadLines ? Duration.ofMillis(1) : wasEnding || isEnding ? ACTIVE : pause);
                    }
                })
                .onFailure(cause -> wait(RETRY));
    }

    private Future<Void> take(List<Entry> entries) {
        return entries.isEmpty() ? Future.succeededFuture() : taker.apply(entries);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void wait(Duration duration) {
        if (!drained.future().isComplete()) {
            timer = vertx.setTimer(duration.toMillis(), tick -> next());
        }
    }

    private Void readPosition() throws IOException {
        if (Files.exists(positionFile)) {
            position = Json.mapper().readValue(positionFile.toFile(), Position.class);
        }
        return null;
    }

    /** A batch that ends amid a line is kept in memory only: whoever follows next reads its pieces again. */
    private Void keep(Batch batch) throws IOException {
        position = batch.next();
        if (!batch.entries().isEmpty()) {
            lastTaken = batch.entries().get(batch.entries().size() - 1).at();
        }
        unfinished = batch.unfinished();
        if (unfinished.isEmpty()) {
            Path fresh = positionFile.resolveSibling("log.position.new");
            Json.mapper().writeValue(fresh.toFile(), position);
            Files.move(fresh, positionFile, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
        return null;
    }

    private Batch readBatch() throws IOException {
        FileChannel open = open();
        if (open == null) {
            return new Batch(List.of(), position, unfinished);
        }
        // Hundreds of quiet logs are looked at every moment: such a look reads nothing.
        ByteBuffer chunk = ByteBuffer.allocate(open.size() > position.offset() ? CHUNK_BYTES : 0);
        if (chunk.hasRemaining()) {
            monitor.bytes();
            open.read(chunk, position.offset());
        }
        chunk.flip();
        int whole = wholeLines(chunk);
        if (whole == 0) {
            // A swapped file is left only once its last line was read.
            if (!position.file().equals(nameOf(log))) {
                closeChannel();
                position = position.in("");
            }
            return new Batch(List.of(), position, unfinished);
        }
        String text = new String(chunk.array(), 0, whole, StandardCharsets.UTF_8);
        List<Entry> entries = new ArrayList<>();
        Map<String, String> pieces = new HashMap<>(unfinished);
        text.lines().forEach(line -> parse(line, entries, pieces));
        return new Batch(entries, position.after(whole, entries.size()), pieces);
    }

    private @Nullable FileChannel open() throws IOException {
        if (channel == null) {
            try {
                String name = nameOf(log);
                channel = FileChannel.open(log);
                if (!name.equals(position.file())) {
                    position = position.in(name);
                    countLoss(channel);
                }
            } catch (NoSuchFileException notYet) {
                return null;
            }
        }
        return channel;
    }

    /** What the monitor wrote, less what was taken before and what is left in this file, was in files nobody read. */
    private void countLoss(FileChannel fresh) throws IOException {
        long missing = monitor.bytes() - position.bytes() - fresh.size();
        if (missing < LEAST_LOSS_BYTES) {
            return;
        }
        long each = position.lines() == 0 ? TYPICAL_LINE_BYTES : Math.max(1, position.bytes() / position.lines());
        position = new Position(position.file(), 0, position.bytes() + missing, position.lines() + missing / each);
        losses.accept(missing / each, lastTaken);
    }

    private Void closeChannel() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
        return null;
    }

    private static String nameOf(Path file) throws IOException {
        return String.valueOf(Files.readAttributes(file, "unix:ino").get("ino"));
    }

    private static int wholeLines(ByteBuffer chunk) {
        for (int i = chunk.limit() - 1; i >= 0; i--) {
            if (chunk.get(i) == '\n') {
                return i + 1;
            }
        }
        return 0;
    }

    /** {@code 2026-11-24T01:02:03.123456789+00:00 stdout F text}; P marks a piece of a line that goes on. */
    private static void parse(String line, List<Entry> entries, Map<String, String> pieces) {
        String[] parts = line.split(" ", 4);
        if (parts.length < 4) {
            return;
        }
        String text = pieces.getOrDefault(parts[1], "") + parts[3];
        if (parts[2].equals("P") && text.length() < MAX_LINE) {
            pieces.put(parts[1], text);
        } else {
            pieces.remove(parts[1]);
            entries.add(new Entry(OffsetDateTime.parse(parts[0]).toInstant(), parts[1], text));
        }
    }
}
