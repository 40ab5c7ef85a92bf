package dev.celadon.gitreceiver.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Repository;

/**
 * The objects of one push, apart from the app's repository, which it borrows the older objects from. They are moved over
 * when the push is taken, and gone without a trace when it is not.
 */
public final class Quarantine implements AutoCloseable {
    private final Path directory;
    private final Path target;
    private final Repository repository;
    private boolean isKept;

    Quarantine(Path directory, Path target) throws IOException {
        this.directory = directory;
        this.target = target;
        this.repository = Repositories.at(directory);
    }

    public Repository repository() {
        return repository;
    }

    public Path directory() {
        return directory;
    }

    /** Moves all objects to the app's repository; what is there already stays as it is. */
    public void release() throws IOException {
        Path objects = directory.resolve("objects");
        List<Path> files;
        try (Stream<Path> walk = Files.walk(objects)) {
            // A pack must be there before its index, which is what readers look for.
            files = walk.filter(Files::isRegularFile)
                    .filter(file -> isObject(objects.relativize(file)))
                    .sorted(Comparator.comparing(file -> file.toString().endsWith(".idx")))
                    .toList();
        }
        for (Path file : files) {
            Path place = target.resolve(objects.relativize(file).toString());
            if (!Files.exists(place)) {
                Files.createDirectories(place.getParent());
                Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    /** Leaves the objects where they are when it closes: whether they are needed is not known yet. */
    public void keep() {
        isKept = true;
    }

    @Override
    public void close() throws IOException {
        repository.close();
        if (!isKept) {
            Repositories.delete(directory);
        }
    }

    private static boolean isObject(Path file) {
        String folder = file.getName(0).toString();
        String name = file.getFileName().toString();
        return folder.equals("pack") ? !name.endsWith(".keep") && !name.endsWith(".tmp") : folder.length() == 2;
    }
}
