package dev.celadon.router;

import dev.celadon.contract.RoutingTable;
import dev.celadon.router.domain.Table;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table on disk, for a start without the control plane. Written behind the changes: a write waits a hundred
 * times as long as the last one took, so that a large table that changes all the time costs a hundredth of a processor at
 * most; it is then a minute old or two, and a small one less than a second.
 */
final class RouteFile {
    private static final Logger log = LoggerFactory.getLogger(RouteFile.class);
    private static final long SHORTEST_PAUSE_MILLIS = 50;
    private static final int PAUSES = 100;

    private final Vertx vertx;
    private final Path file;
    private final Table table;
    private long keptRevision;
    private long pauseMillis = SHORTEST_PAUSE_MILLIS;
    private boolean isWaiting;

    RouteFile(Vertx vertx, Path file, Table table) {
        this.vertx = vertx;
        this.file = file;
        this.table = table;
    }

    Future<RoutingTable> load() {
        return vertx.executeBlocking(() -> Json.mapper().readValue(file.toFile(), RoutingTable.class), true)
                .otherwise(unreadable -> new RoutingTable(0, 0, java.util.List.of()))
                .onSuccess(kept -> keptRevision = kept.revision());
    }

    void changed() {
        if (!isWaiting && table.revision() != keptRevision) {
            isWaiting = true;
            vertx.setTimer(pauseMillis, tick -> keep());
        }
    }

    /** What changes meanwhile is in the file or in the next one: applying an entry twice is applying it once. */
    Future<Void> keep() {
        long revision = table.revision();
        long begun = System.nanoTime();
        return vertx.executeBlocking(() -> write(new RoutingTable(0, revision, table.routes())), true)
                .onFailure(cause ->
                        log.atWarn().addKeyValue("reason", cause.getMessage()).log("routes-not-kept"))
                .onComplete(done -> {
                    keptRevision = revision;
                    pauseMillis = Math.max(
                            SHORTEST_PAUSE_MILLIS, PAUSES * TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
                    isWaiting = false;
                    changed();
                })
                .mapEmpty();
    }

    private Path write(RoutingTable whole) throws java.io.IOException {
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling("routes.json.new");
        Json.mapper().writeValue(fresh.toFile(), whole);
        return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
