package dev.celadon.logplex;

import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.History;
import dev.celadon.logplex.domain.NumberedLine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;

/** The kept lines of every app and who listens to them: state of one event loop, saved to disk as best it can. */
final class AppLogs {
    private static final int SLICE = 200;

    private final Vertx vertx;
    private final Clock clock;
    private final HistoryFiles files;
    private final int capacity;
    private final Consumer<LogLine> drains;
    private final Map<UUID, History> histories = new HashMap<>();
    private final Map<UUID, Set<Session>> sessions = new HashMap<>();
    private final Set<UUID> changed = new HashSet<>();
    private final Set<UUID> gone = new HashSet<>();

    AppLogs(Vertx vertx, Clock clock, HistoryFiles files, int capacity, Consumer<LogLine> drains) {
        this.vertx = vertx;
        this.clock = clock;
        this.files = files;
        this.capacity = capacity;
        this.drains = drains;
    }

    Future<Void> load() {
        return vertx.executeBlocking(files::read, true)
                .onSuccess(saved -> saved.forEach((app, lines) -> history(app).restore(lines)))
                .mapEmpty();
    }

    /** A slice at a time, so that a large batch neither holds the loop nor overruns sessions that keep up. */
    Future<Void> append(List<LogLine> lines) {
        Promise<Void> appended = Promise.promise();
        appendSlice(lines, 0, appended);
        return appended.future();
    }

    private void appendSlice(List<LogLine> lines, int from, Promise<Void> appended) {
        int to = Math.min(from + SLICE, lines.size());
        lines.subList(from, to).forEach(this::append);
        if (to == lines.size()) {
            appended.complete();
        } else {
            vertx.runOnContext(turn -> appendSlice(lines, to, appended));
        }
    }

    private void append(LogLine line) {
        if (!gone.contains(line.appId())) {
            NumberedLine numbered = history(line.appId()).append(clock.instant(), line);
            changed.add(line.appId());
            sessions.getOrDefault(line.appId(), Set.of()).forEach(session -> session.offer(numbered));
            drains.accept(line);
        }
    }

    /** What is kept of an app; making nothing up for one that never logged. */
    History read(UUID app) {
        return histories.getOrDefault(app, new History(capacity));
    }

    private History history(UUID app) {
        return histories.computeIfAbsent(app, none -> new History(capacity));
    }

    boolean isGone(UUID app) {
        return gone.contains(app);
    }

    void listen(UUID app, Session session) {
        // Its readers come and go while it is offered lines.
        sessions.computeIfAbsent(app, none -> new CopyOnWriteArraySet<>()).add(session);
    }

    void forget(UUID app, Session session) {
        Set<Session> left = sessions.getOrDefault(app, new HashSet<>());
        left.remove(session);
        if (left.isEmpty()) {
            sessions.remove(app);
        }
    }

    /** Writes the apps whose lines changed since the last time; what could not be written is tried again then. */
    Future<Void> save() {
        if (changed.isEmpty()) {
            return Future.succeededFuture();
        }
        Map<UUID, List<NumberedLine>> lines = new HashMap<>();
        changed.forEach(app -> lines.put(app, history(app).all()));
        changed.clear();
        return vertx.<Void>executeBlocking(
                        () -> {
                            for (Map.Entry<UUID, List<NumberedLine>> app : lines.entrySet()) {
                                files.write(app.getKey(), app.getValue());
                            }
                            return null;
                        },
                        true)
                .onFailure(cause ->
                        lines.keySet().stream().filter(histories::containsKey).forEach(changed::add));
    }

    Set<UUID> known() {
        return Set.copyOf(histories.keySet());
    }

    /**
     * Drops what is kept of apps that exist no more, and of those that logged nothing for too long.
     *
     * @param known asked before {@code existing} was, or an app made in between would be taken for a deleted one
     */
    Future<Void> keepOnly(Set<UUID> existing, Set<UUID> known, Duration retention) {
        gone.removeAll(existing);
        Instant oldest = clock.instant().minus(retention);
        Set<UUID> dropped = new HashSet<>();
        for (UUID app : known) {
            if (!existing.contains(app)) {
                gone.add(app);
                dropped.add(app);
                sessions.getOrDefault(app, Set.of()).forEach(session -> session.leave(Session.SOON));
            } else if (read(app).isIdleSince(oldest)) {
                dropped.add(app);
            }
        }
        histories.keySet().removeAll(dropped);
        changed.removeAll(dropped);
        return vertx.executeBlocking(
                () -> {
                    files.delete(dropped);
                    return null;
                },
                true);
    }
}
