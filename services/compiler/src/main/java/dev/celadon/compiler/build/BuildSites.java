package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.Build;
import dev.celadon.compiler.domain.BuildRejected;
import dev.celadon.compiler.store.AppReads;
import dev.celadon.container.ContainerHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes the place of a build and clears it away, also places that a killed platform left. */
public final class BuildSites {
    private static final String CONTAINER_PREFIX = "b-";

    private final Vertx vertx;
    private final ContainerHost containers;
    private final BuildCaches caches;
    private final Path directory;

    /** @param data the compiler's directory below the platform's data */
    public BuildSites(Vertx vertx, ContainerHost containers, BuildCaches caches, Path data) {
        this.vertx = vertx;
        this.containers = containers;
        this.caches = caches;
        this.directory = data.resolve("builds");
    }

    /** An empty directory for the build; whatever an earlier attempt left is gone. */
    Future<Path> fresh(UUID buildId) {
        return clear(buildId)
                .compose(cleared -> vertx.executeBlocking(
                        () -> Files.createDirectories(directory.resolve(buildId.toString())), false));
    }

    /** The disk, with the config vars on it. */
    Future<BuildSite> make(Build build, Path place, int hostUid, int diskMb, AppReads apps) {
        return apps.app(build.appId())
                .map(found -> found.orElseThrow(() -> new BuildRejected("the app was deleted")))
                .compose(app -> containers
                        .createDisk(BuildSite.containerId(build.id()), hostUid, diskMb)
                        .map(disk -> new BuildSite(build, app, hostUid, place, disk)))
                .compose(site -> apps.buildVariables(build.appId())
                        .compose(variables -> vertx.executeBlocking(() -> furnish(site, variables), false)));
    }

    /** Takes container, disk, mounts and files of a build away. Idempotent. */
    public Future<Void> clear(UUID buildId) {
        return containers
                .remove(BuildSite.containerId(buildId))
                .compose(removed -> caches.close(buildId))
                .compose(closed -> vertx.executeBlocking(() -> delete(directory.resolve(buildId.toString())), false));
    }

    /** Clears what a killed platform left; called before the first build. */
    public Future<Void> clearAll() {
        Set<UUID> left = new LinkedHashSet<>();
        return vertx.executeBlocking(this::directories, false)
                .onSuccess(left::addAll)
                .compose(found -> caches.opened())
                .onSuccess(left::addAll)
                .compose(found -> containers.list())
                .onSuccess(found -> found.stream()
                        .filter(container -> container.id().startsWith(CONTAINER_PREFIX))
                        .map(container -> UUID.fromString(container.id().substring(CONTAINER_PREFIX.length())))
                        .forEach(left::add))
                .compose(found -> Future.all(left.stream().map(this::clear).toList()))
                .mapEmpty();
    }

    private List<UUID> directories() throws IOException {
        Files.createDirectories(directory);
        try (var builds = Files.list(directory)) {
            return builds.map(build -> UUID.fromString(build.getFileName().toString()))
                    .toList();
        }
    }

    private static BuildSite furnish(BuildSite site, Map<String, String> variables) throws IOException {
        Files.createDirectories(site.variables());
        Files.createDirectories(site.result());
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            Path file = Files.writeString(site.variables().resolve(variable.getKey()), variable.getValue());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
            Ownership.give(file, site.hostUid());
        }
        Ownership.give(site.variables(), site.hostUid());
        Ownership.give(site.result(), site.hostUid());
        return site;
    }

    private static @Nullable Void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return null;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
        return null;
    }
}
