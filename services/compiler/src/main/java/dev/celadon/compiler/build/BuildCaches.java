package dev.celadon.compiler.build;

import dev.celadon.runtime.Processes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Each app's build cache: a sparse ext4 image of bounded size, mounted for the time of a build. It may be lost at any
 * time; a broken or nearly full one is replaced by an empty one.
 */
public final class BuildCaches {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final double FULL = 0.9;
    private static final String SUFFIX = ".img";

    private final Vertx vertx;
    private final Processes processes;
    private final Path images;
    private final Path mounts;
    private final int megabytes;

    /** @param data the compiler's directory below the platform's data */
    public BuildCaches(Vertx vertx, Processes processes, Path data, int megabytes) {
        this.vertx = vertx;
        this.processes = processes;
        this.images = data.resolve("cache");
        this.mounts = data.resolve("mounts");
        this.megabytes = megabytes;
    }

    /** Where the app's cache is now seen on this host, owned by {@code uid}. */
    Future<Path> open(UUID appId, UUID buildId, int uid) {
        Path image = image(appId);
        return ensure(image, uid)
                .compose(ready -> mount(image, buildId))
                .recover(broken -> replace(image, uid).compose(fresh -> mount(image, buildId)))
                .compose(mounted -> blocking(() -> isNearlyFull(mounted))
                        .compose(isFull -> isFull
                                ? close(buildId)
                                        .compose(closed -> replace(image, uid))
                                        .compose(fresh -> mount(image, buildId))
                                : Future.succeededFuture(mounted)))
                .compose(mounted -> blocking(() -> {
                    Ownership.give(mounted, uid);
                    return mounted;
                }));
    }

    /** Idempotent. */
    public Future<Void> close(UUID buildId) {
        Path mount = mounts.resolve(buildId.toString());
        return blocking(() -> Files.isDirectory(mount))
                .compose(isThere -> isThere ? unmount(mount) : Future.succeededFuture());
    }

    /** The apps that have a cache on this host. */
    public Future<List<UUID>> apps() {
        return blocking(() -> names(images).stream()
                .filter(name -> name.endsWith(SUFFIX))
                .map(name -> UUID.fromString(name.substring(0, name.length() - SUFFIX.length())))
                .toList());
    }

    public Future<Boolean> delete(UUID appId) {
        return blocking(() -> Files.deleteIfExists(image(appId)));
    }

    /** The builds whose cache is still mounted. */
    public Future<List<UUID>> opened() {
        return blocking(() -> names(mounts).stream().map(UUID::fromString).toList());
    }

    private Path image(UUID appId) {
        return images.resolve(appId + SUFFIX);
    }

    private Future<Void> ensure(Path image, int uid) {
        return blocking(() -> Files.exists(image))
                .compose(exists -> exists ? Future.succeededFuture() : replace(image, uid));
    }

    private Future<Void> replace(Path image, int uid) {
        Path unfinished = image.resolveSibling(image.getFileName() + ".new");
        return blocking(() -> {
                    Files.createDirectories(images);
                    Files.deleteIfExists(unfinished);
                    Files.createFile(unfinished);
                    return unfinished;
                })
                .compose(created -> processes.run(
                        LIMIT,
                        List.of(
                                "mkfs.ext4",
                                "-q",
                                "-F",
                                "-m",
                                "0",
                                "-E",
                                "lazy_itable_init=1,lazy_journal_init=1,nodiscard,root_owner=" + uid + ":" + uid,
                                unfinished.toString(),
                                megabytes + "M")))
                .map(result -> result.orFail("mkfs.ext4"))
                .compose(made -> blocking(() -> Files.move(unfinished, image, StandardCopyOption.ATOMIC_MOVE)))
                .mapEmpty();
    }

    private Future<Path> mount(Path image, UUID buildId) {
        Path mount = mounts.resolve(buildId.toString());
        return blocking(() -> Files.createDirectories(mount))
                .compose(made -> processes.run(
                        LIMIT, List.of("mount", "-o", "loop,noatime,nosuid,nodev", image.toString(), mount.toString())))
                .map(result -> {
                    result.orFail("mount");
                    return mount;
                });
    }

    private Future<Void> unmount(Path mount) {
        return processes
                .run(LIMIT, List.of("mountpoint", "-q", mount.toString()))
                .compose(asked -> asked.exit() == 0
                        ? processes
                                .run(LIMIT, List.of("umount", mount.toString()))
                                .map(result -> result.orFail("umount"))
                        : Future.succeededFuture(asked))
                .compose(done -> blocking(() -> Files.deleteIfExists(mount)))
                .mapEmpty();
    }

    private boolean isNearlyFull(Path mounted) throws IOException {
        FileStore store = Files.getFileStore(mounted);
        return store.getUsableSpace() < store.getTotalSpace() * (1 - FULL);
    }

    private static List<String> names(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private <T> Future<T> blocking(java.util.concurrent.Callable<T> work) {
        return vertx.executeBlocking(work, false);
    }
}
