package dev.celadon.container;

import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiConsumer;

/**
 * This host as a place for containers. Everything it makes is named after the platform's instance, so two platforms on
 * one host do not meet; everything a container needs is found again after the platform was killed.
 */
public final class ContainerHost {
    /** A sized loop disk, mounted, owned by {@code hostUid}; made before the container that uses it. */
    public Future<Disk> createDisk(String id, int hostUid, int megabytes) {
        return Future.failedFuture("being built: " + id + hostUid + megabytes);
    }

    /** Creates and starts; on failure everything made for it is gone again, the disk included. */
    public Future<Container> start(ContainerSpec spec) {
        return Future.failedFuture("being built: " + spec);
    }

    /** Every container of this instance that was created and not removed, running or ended. */
    public Future<List<Container>> list() {
        return Future.failedFuture("being built");
    }

    /** To every process of the container; succeeds when it has ended already. {@code signal} is {@code TERM} or {@code KILL}. */
    public Future<Void> signal(String id, String signal) {
        return Future.failedFuture("being built: " + id + signal);
    }

    /** 0–255 once it ended, 128 + signal when killed. */
    public Future<OptionalInt> exitStatus(String id) {
        return Future.failedFuture("being built: " + id);
    }

    /** Called once for each container that ends from now on, with its id and exit status. */
    public void onExit(BiConsumer<String, Integer> ended) {}

    /** Kills what is left of it and takes away process, mounts, disk, cgroup, network and files. Idempotent. */
    public Future<Void> remove(String id) {
        return Future.failedFuture("being built: " + id);
    }

    /** Packs a directory as a squashfs image owned by {@code hostUid}; the image is written whole or not at all. */
    public Future<Void> pack(Path directory, Path image, int hostUid) {
        return Future.failedFuture("being built: " + directory + image + hostUid);
    }
}
