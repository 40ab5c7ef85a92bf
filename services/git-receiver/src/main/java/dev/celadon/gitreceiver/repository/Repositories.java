package dev.celadon.gitreceiver.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FileUtils;

/** The bare repositories of the apps, {@code <app id>.git}: named by id, so that a renamed app keeps its own. Blocks. */
public final class Repositories {
    private static final String SUFFIX = ".git";

    private final Path root;
    private final Path quarantines;

    public Repositories(Path dataDirectory) {
        this.root = dataDirectory.toAbsolutePath().resolve("git");
        this.quarantines = root.resolve("quarantine");
    }

    /** The app's repository, made on first use. The caller closes it. */
    public Repository open(UUID appId) throws IOException {
        Path directory = root.resolve(appId + SUFFIX);
        if (!Files.exists(directory)) {
            Path fresh = quarantines.resolve("new-" + UUID.randomUUID() + SUFFIX);
            create(fresh);
            try {
                Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException raced) {
                delete(fresh);
            }
        }
        return at(directory);
    }

    /** Where the objects of a push wait until they are taken. */
    public Quarantine quarantine(UUID pushId, UUID appId) throws IOException {
        Path directory = quarantines.resolve(pushId + SUFFIX);
        create(directory);
        Path objects = objects(appId);
        Files.writeString(directory.resolve("objects/info/alternates"), objects + "\n");
        return new Quarantine(directory, objects);
    }

    /** The kept objects of a push that nobody attends any more; deleting them is the caller's. */
    public Optional<Quarantine> findQuarantine(UUID pushId, UUID appId) throws IOException {
        Path directory = quarantines.resolve(pushId + SUFFIX);
        return Files.exists(directory) ? Optional.of(new Quarantine(directory, objects(appId))) : Optional.empty();
    }

    public void deleteQuarantine(UUID pushId) throws IOException {
        delete(quarantines.resolve(pushId + SUFFIX));
    }

    /** The repository of a push under way, for its source. */
    public Repository openQuarantine(UUID pushId) throws IOException {
        Path directory = quarantines.resolve(pushId + SUFFIX);
        if (!Files.exists(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        return at(directory);
    }

    /** Deletes what pushes left that died with the process, but for {@code kept} ones; before any push is taken. */
    public void prepare(Set<UUID> kept) throws IOException {
        Files.createDirectories(quarantines);
        Set<String> names = kept.stream().map(push -> push + SUFFIX).collect(Collectors.toSet());
        for (Path left : children(quarantines)) {
            if (!names.contains(left.getFileName().toString())) {
                delete(left);
            }
        }
    }

    /** Deletes the repositories of apps that are not {@code living}, but none made after {@code youngest}. */
    public List<UUID> sweep(Set<UUID> living, Instant youngest) throws IOException {
        List<UUID> deleted = new ArrayList<>();
        for (Path directory : children(root)) {
            String name = directory.getFileName().toString();
            if (!name.endsWith(SUFFIX) || madeAfter(directory, youngest)) {
                continue;
            }
            UUID appId = UUID.fromString(name.substring(0, name.length() - SUFFIX.length()));
            if (!living.contains(appId)) {
                delete(directory);
                deleted.add(appId);
            }
        }
        return deleted;
    }

    private Path objects(UUID appId) {
        return root.resolve(appId + SUFFIX).resolve("objects");
    }

    static Repository at(Path directory) throws IOException {
        return new FileRepositoryBuilder()
                .setGitDir(directory.toFile())
                .setBare()
                .setMustExist(true)
                .build();
    }

    static void delete(Path directory) throws IOException {
        FileUtils.delete(directory.toFile(), FileUtils.RECURSIVE | FileUtils.SKIP_MISSING | FileUtils.RETRY);
    }

    private static void create(Path directory) throws IOException {
        try (Repository repository = new FileRepositoryBuilder()
                .setGitDir(directory.toFile())
                .setBare()
                .build()) {
            repository.create(true);
            repository.updateRef(Constants.HEAD).link(Constants.R_HEADS + "main");
            StoredConfig config = repository.getConfig();
            config.setBoolean("core", null, "fsyncobjectfiles", true);
            config.setBoolean("core", null, "fsyncreffiles", true);
            config.setBoolean("receive", null, "autogc", false);
            config.setBoolean("gc", null, "autodetach", false);
            config.save();
        }
        Files.createDirectories(directory.resolve("objects/info"));
    }

    private static boolean madeAfter(Path repository, Instant youngest) throws IOException {
        return Files.getLastModifiedTime(repository.resolve("config"))
                .toInstant()
                .isAfter(youngest);
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (UncheckedIOException broken) {
            throw new IOException(broken);
        }
    }
}
