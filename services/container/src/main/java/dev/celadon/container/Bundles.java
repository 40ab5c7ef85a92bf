package dev.celadon.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** The files in which a container's facts lie. */
final class Bundles {
    private Bundles() {}

    /** Empty when the directory is absent. */
    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    /** -1 when it has none. */
    static int slot(Path bundle) throws IOException {
        return read(bundle.resolve("slot")).map(Integer::parseInt).orElse(-1);
    }

    /** The images it stands on. */
    static List<Path> images(Path bundle) throws IOException {
        return read(bundle.resolve("images")).stream()
                .flatMap(String::lines)
                .map(Path::of)
                .toList();
    }

    /** Empty while the file is absent, or named and not written yet. */
    static OptionalInt exit(Path file) throws IOException {
        return read(file).map(text -> OptionalInt.of(Integer.parseInt(text))).orElse(OptionalInt.empty());
    }

    private static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }
}
