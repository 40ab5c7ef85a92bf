package dev.celadon.logplex;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.celadon.logplex.domain.NumberedLine;
import dev.celadon.runtime.Json;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kept lines on disk, a file per app, written whole or not at all. Blocks. */
final class HistoryFiles {
    private static final Logger log = LoggerFactory.getLogger(HistoryFiles.class);
    private static final String SUFFIX = ".ndjson";

    private final Path directory;

    HistoryFiles(Path directory) {
        this.directory = directory;
    }

    /** What can be read of every app; a file or a line that cannot be costs the others nothing. */
    Map<UUID, List<NumberedLine>> read() throws IOException {
        if (!Files.isDirectory(directory)) {
            return Map.of();
        }
        Map<UUID, List<NumberedLine>> saved = new HashMap<>();
        List<Path> found;
        try (Stream<Path> files = Files.list(directory)) {
            found = files.toList();
        }
        for (Path file : found) {
            String name = file.getFileName().toString();
            if (name.endsWith(SUFFIX)) {
                readInto(saved, file, name.substring(0, name.length() - SUFFIX.length()));
            }
        }
        return saved;
    }

    void write(UUID app, List<NumberedLine> lines) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Buffer text = Buffer.buffer();
        lines.forEach(line -> text.appendBuffer(Json.write(line)).appendString("\n"));
        Path fresh = directory.resolve(app + ".new");
        Files.write(fresh, text.getBytes());
        Files.move(fresh, file(app), StandardCopyOption.ATOMIC_MOVE);
    }

    void delete(Set<UUID> apps) throws IOException {
        for (UUID app : apps) {
            Files.deleteIfExists(file(app));
            Files.deleteIfExists(directory.resolve(app + ".new"));
        }
    }

    private Path file(UUID app) {
        return directory.resolve(app + SUFFIX);
    }

    private static void readInto(Map<UUID, List<NumberedLine>> saved, Path file, String app) {
        try {
            List<NumberedLine> lines = new ArrayList<>();
            for (String json : Files.readString(file, StandardCharsets.UTF_8).split("\n")) {
                parse(json).ifPresent(lines::add);
            }
            saved.put(UUID.fromString(app), lines);
        } catch (IOException | IllegalArgumentException unreadable) {
            log.atWarn()
                    .addKeyValue("app", app)
                    .addKeyValue("reason", String.valueOf(unreadable.getMessage()))
                    .log("history-not-read");
        }
    }

    private static Optional<NumberedLine> parse(String json) {
        try {
            return Optional.ofNullable(Json.mapper().readValue(json, NumberedLine.class))
                    .filter(line -> line.line() != null);
        } catch (JsonProcessingException broken) {
            return Optional.empty();
        }
    }
}
