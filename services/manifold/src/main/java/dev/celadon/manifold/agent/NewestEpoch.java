package dev.celadon.manifold.agent;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The newest leader this node has heard of: orders of older ones are refused, also after a restart of this process, for
 * which it is kept in a file before the first order of a new leader is carried out.
 */
final class NewestEpoch {
    private final Vertx vertx;
    private final Path file;
    private long newest;
    private Future<Void> kept = Future.succeededFuture();

    NewestEpoch(Vertx vertx, Path file) {
        this.vertx = vertx;
        this.file = file;
    }

    Future<Void> load() {
        return vertx.executeBlocking(() -> Files.exists(file)
                        ? Long.parseLong(Files.readString(file).strip())
                        : 0L)
                .onSuccess(kept -> newest = Math.max(newest, kept))
                .mapEmpty();
    }

    /** Fails for an epoch older than the newest. */
    Future<Void> admit(long epoch) {
        if (epoch < newest) {
            return Future.failedFuture("epoch " + epoch + " is older than " + newest);
        }
        if (epoch > newest || kept.failed()) {
            newest = epoch;
            kept = vertx.executeBlocking(() -> keep(epoch), true).mapEmpty();
        }
        return kept;
    }

    private Path keep(long epoch) throws java.io.IOException {
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling("epoch.new");
        Files.writeString(fresh, Long.toString(epoch), StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
