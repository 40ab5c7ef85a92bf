package dev.celadon.container;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where containers are put: a sized loop disk and a network namespace each. A few are kept ready, so that a start does
 * not wait for them; the store is filled again once starts have been quiet for a moment.
 */
final class Sites {
    private static final Logger log = LoggerFactory.getLogger(Sites.class);
    private static final long QUIET_MILLIS = 500;

    private final Vertx vertx;
    private final HostScript script;
    private final Slots slots;
    private final Path run;
    private final Deque<Site> ready = new ArrayDeque<>();
    private int keptMegabytes;
    private int keptCount;
    private long fillTimer = -1;
    private boolean isFilling;
    private boolean isStopped;

    private record Site(Path directory, int megabytes) {}

    Sites(Vertx vertx, HostScript script, Slots slots, Path run) {
        this.vertx = vertx;
        this.script = script;
        this.slots = slots;
        this.run = run;
    }

    /** Takes back what an earlier process kept ready; what it had only begun is dropped. Blocks. */
    void find() throws IOException {
        for (Path directory : Bundles.list(run.resolve("ready"))) {
            int slot = Bundles.slot(directory);
            if (slot >= 0) {
                slots.mark(slot);
            }
            Path mark = directory.resolve("ready");
            if (Files.exists(mark)) {
                ready.add(new Site(
                        directory, Integer.parseInt(Files.readString(mark).strip())));
            } else {
                drop(directory.getFileName().toString(), slot);
            }
        }
    }

    /** From now on {@code count} sites of that size are kept ready. */
    synchronized void keepReady(int megabytes, int count) {
        keptMegabytes = megabytes;
        keptCount = count;
        fillSoon();
    }

    /** Turns a site into {@code bundle}, its disk owned by {@code hostUid}. */
    Future<Void> occupy(Path bundle, int hostUid, int megabytes) {
        Site site = takeReady(megabytes);
        Future<Path> there = site == null ? make(megabytes) : Future.succeededFuture(site.directory());
        return there.compose(directory -> vertx.executeBlocking(
                () -> {
                    for (String place : List.of("upper", "tmp", "app")) {
                        Path path = directory.resolve("disk").resolve(place);
                        Files.setAttribute(path, "unix:uid", hostUid);
                        Files.setAttribute(path, "unix:gid", hostUid);
                    }
                    Files.deleteIfExists(directory.resolve("ready"));
                    // The mount below moves along with its directory.
                    Files.move(directory, bundle);
                    return null;
                },
                false));
    }

    synchronized void stop() {
        isStopped = true;
        vertx.cancelTimer(fillTimer);
    }

    private synchronized @org.jspecify.annotations.Nullable Site takeReady(int megabytes) {
        fillSoon();
        for (Iterator<Site> sites = ready.iterator(); sites.hasNext(); ) {
            Site site = sites.next();
            if (site.megabytes() == megabytes) {
                sites.remove();
                return site;
            }
        }
        return null;
    }

    private Future<Path> make(int megabytes) {
        String name = "r-" + UUID.randomUUID().toString().substring(0, 13);
        int slot = slots.take();
        return script.run("site", name, Integer.toString(megabytes), Integer.toString(slot), slots.address(slot))
                .map(made -> run.resolve("ready").resolve(name))
                .recover(cause -> drop(name, slot).transform(dropped -> Future.failedFuture(cause)));
    }

    private Future<Void> drop(String name, int slot) {
        return script.run("drop", name).onSuccess(dropped -> {
            if (slot >= 0) {
                slots.free(slot);
            }
        });
    }

    private synchronized void fillSoon() {
        vertx.cancelTimer(fillTimer);
        if (!isStopped) {
            fillTimer = vertx.setTimer(QUIET_MILLIS, tick -> fill());
        }
    }

    private synchronized void fill() {
        long there =
                ready.stream().filter(site -> site.megabytes() == keptMegabytes).count();
        if (isStopped || isFilling || there >= keptCount) {
            return;
        }
        isFilling = true;
        int megabytes = keptMegabytes;
        make(megabytes).onComplete(made -> filled(made.result(), megabytes, made.cause()));
    }

    private synchronized void filled(
            @org.jspecify.annotations.Nullable Path directory,
            int megabytes,
            @org.jspecify.annotations.Nullable Throwable cause) {
        isFilling = false;
        if (directory != null) {
            ready.add(new Site(directory, megabytes));
            fill();
        } else if (cause != null) {
            log.atWarn().addKeyValue("reason", cause.getMessage()).log("site-not-made");
        }
    }
}
