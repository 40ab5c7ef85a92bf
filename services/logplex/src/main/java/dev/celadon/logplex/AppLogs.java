package dev.celadon.logplex;

import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.History;
import dev.celadon.logplex.domain.NumberedLine;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The kept lines of every app and who listens to them: state of one event loop, saved to disk as best it can. */
final class AppLogs {
    private final Vertx vertx;
    private final Path directory;
    private final int capacity;
    private final Map<UUID, History> histories = new HashMap<>();
    private final Map<UUID, Set<Consumer<NumberedLine>>> listeners = new HashMap<>();
    private final Set<UUID> changed = new HashSet<>();

    AppLogs(Vertx vertx, Path directory, int capacity) {
        this.vertx = vertx;
        this.directory = directory;
        this.capacity = capacity;
    }

    Future<Void> load() {
        return vertx.executeBlocking(this::read, true)
                .onSuccess(saved -> saved.forEach((app, lines) -> {
                    History history = history(app);
                    lines.forEach(history::append);
                }))
                .mapEmpty();
    }

    void append(LogLine line) {
        NumberedLine numbered = history(line.appId()).append(line);
        changed.add(line.appId());
        listeners.getOrDefault(line.appId(), Set.of()).forEach(listener -> listener.accept(numbered));
    }

    History history(UUID app) {
        return histories.computeIfAbsent(app, none -> new History(capacity, 1));
    }

    void listen(UUID app, Consumer<NumberedLine> listener) {
        listeners.computeIfAbsent(app, none -> new HashSet<>()).add(listener);
    }

    void forget(UUID app, Consumer<NumberedLine> listener) {
        Set<Consumer<NumberedLine>> left = listeners.getOrDefault(app, new HashSet<>());
        left.remove(listener);
        if (left.isEmpty()) {
            listeners.remove(app);
        }
    }

    int sessions() {
        return listeners.values().stream().mapToInt(Set::size).sum();
    }

    /** Writes the apps whose lines changed since the last time. */
    Future<Void> save() {
        Map<UUID, List<NumberedLine>> lines = new HashMap<>();
        changed.forEach(app -> lines.put(app, history(app).all()));
        changed.clear();
        return vertx.executeBlocking(() -> write(lines), true);
    }

    /** Drops what is kept of apps that exist no more. */
    Future<Void> keepOnly(Set<UUID> apps) {
        histories.keySet().retainAll(apps);
        changed.retainAll(apps);
        return vertx.executeBlocking(
                () -> {
                    for (Path file : files()) {
                        if (apps.stream()
                                .noneMatch(app -> file.getFileName().toString().startsWith(app.toString()))) {
                            Files.deleteIfExists(file);
                        }
                    }
                    return null;
                },
                true);
    }

    private Map<UUID, List<LogLine>> read() throws IOException {
        Map<UUID, List<LogLine>> saved = new HashMap<>();
        for (Path file : files()) {
            String name = file.getFileName().toString();
            if (name.endsWith(".ndjson")) {
                List<LogLine> lines = new ArrayList<>();
                for (String line : Files.readAllLines(file)) {
                    lines.add(Json.read(Buffer.buffer(line), LogLine.class));
                }
                saved.put(UUID.fromString(name.replace(".ndjson", "")), lines);
            }
        }
        return saved;
    }

    private Void write(Map<UUID, List<NumberedLine>> apps) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<UUID, List<NumberedLine>> app : apps.entrySet()) {
            Buffer text = Buffer.buffer();
            app.getValue()
                    .forEach(line -> text.appendBuffer(Json.write(line.line())).appendString("\n"));
            Path fresh = directory.resolve(app.getKey() + ".new");
            Files.write(fresh, text.getBytes());
            Files.move(fresh, directory.resolve(app.getKey() + ".ndjson"), StandardCopyOption.ATOMIC_MOVE);
        }
        return null;
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
