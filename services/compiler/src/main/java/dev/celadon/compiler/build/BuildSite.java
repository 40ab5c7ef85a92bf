package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.App;
import dev.celadon.compiler.domain.Build;
import dev.celadon.container.Disk;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Where one build happens.
 *
 * @param hostUid of the app: it builds under the uid its dynos have
 * @param directory of this build below the platform's data
 * @param disk of the build container
 */
record BuildSite(Build build, App app, int hostUid, Path directory, Disk disk) {
    static String containerId(UUID buildId) {
        return "b-" + buildId;
    }

    String containerId() {
        return containerId(build.id());
    }

    Path tar() {
        return root().resolve("source.tar");
    }

    /** Seen by buildpacks as {@code BUILD_DIR}. */
    Path source() {
        return root().resolve("source");
    }

    /** Seen by buildpacks as {@code ENV_DIR}. */
    Path variables() {
        return root().resolve("env");
    }

    /** Which buildpacks the container is to run, seen as {@code /tmp/plan}. */
    Path plan() {
        return root().resolve("plan");
    }

    /** What the build container says of itself. Written by the app's code, so nothing in it is trusted. */
    Path result() {
        return root().resolve("result");
    }

    Path image() {
        return directory.resolve("slug.sqfs");
    }

    private Path root() {
        return disk.root().resolve("compiler");
    }
}
