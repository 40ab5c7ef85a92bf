package dev.celadon.compiler;

import dev.celadon.compiler.build.BuildRun;
import dev.celadon.compiler.build.Stop;
import dev.celadon.compiler.domain.Build;
import dev.celadon.compiler.domain.BuildRejected;
import dev.celadon.compiler.store.BuildStore;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims builds while this process has room, keeps their leases, and stops those that are no longer wanted. */
final class BuildQueue extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(BuildQueue.class);

    private final Platform platform;
    private final CompilerSettings settings;
    private final BuildStore store;
    private final BuildRun run;
    private final Map<UUID, Running> running = new HashMap<>();
    private final List<Long> timers = new ArrayList<>();
    private int building;
    private boolean isStopping;
    private boolean isLooking;
    private boolean isLookDue;
    private boolean isStoreAway;

    private record Running(Build build, Stop stop, Future<Void> end) {}

    BuildQueue(Platform platform, CompilerSettings settings, BuildStore store, BuildRun run) {
        this.platform = platform;
        this.settings = settings;
        this.store = store;
        this.run = run;
    }

    @Override
    public Future<?> start() {
        timers.add(vertx.setPeriodic(0, settings.interval().toMillis(), tick -> look()));
        timers.add(vertx.setPeriodic(settings.lease().toMillis() / 3, tick -> renew()));
        platform.meters().gauge("compiler.builds.running", running, Map::size);
        return Future.all(
                platform.bus().subscribe(Topic.PUSH_RECEIVED, push -> look()),
                platform.bus().subscribe(Topic.BUILD_REQUESTED, request -> look()));
    }

    /** Running builds are stopped and given back: they start over elsewhere, or here after the restart. */
    @Override
    public Future<?> stop() {
        isStopping = true;
        timers.forEach(vertx::cancelTimer);
        List<Future<Void>> ends = running.values().stream().map(Running::end).toList();
        running.values().forEach(build -> build.stop().because(Stop.INTERRUPTED));
        return Future.join(ends)
                .otherwiseEmpty()
                .compose(ended -> store.releaseLeasesOf(platform.nodeId()))
                .otherwiseEmpty();
    }

    /** Whether there was such a build and it had not ended. Callable from any thread. */
    Future<Boolean> cancel(UUID buildId) {
        return store.cancel(buildId, BuildRejected.CANCELLED)
                .onSuccess(isCancelled -> context.runOnContext(now -> {
                    Running build = running.get(buildId);
                    if (isCancelled && build != null) {
                        build.stop().because(BuildRejected.CANCELLED);
                    }
                }));
    }

    private void look() {
        if (isLooking || isStopping) {
            isLookDue = true;
            return;
        }
        isLooking = true;
        isLookDue = false;
        store.adoptPushes()
                .compose(adopted -> store.adoptRequests())
                .compose(adopted -> claimWhileThereIsRoom())
                .onSuccess(done -> isStoreAway = false)
                .onFailure(this::storeIsAway)
                .onComplete(looked -> {
                    isLooking = false;
                    if (isLookDue) {
                        look();
                    }
                });
    }

    private Future<Void> claimWhileThereIsRoom() {
        if (isStopping || building >= settings.atOnce()) {
            return Future.succeededFuture();
        }
        return store.claim(platform.nodeId(), settings.lease()).compose(found -> {
            // A build that is still being stopped here keeps its claim until the lease ends, then is claimed anew.
            boolean isNew =
                    found.isPresent() && !running.containsKey(found.get().id());
            if (isNew) {
                begin(found.get());
            }
            return isNew ? claimWhileThereIsRoom() : Future.succeededFuture();
        });
    }

    private void begin(Build build) {
        Stop stop = new Stop();
        building++;
        // Clearing up takes its time and no room: the next build need not wait for it.
        Future<Void> end = run.run(build, stop)
                .onComplete(ended -> {
                    building--;
                    look();
                })
                .eventually(() -> run.clear(build));
        running.put(build.id(), new Running(build, stop, end));
        end.onComplete(cleared -> running.remove(build.id()));
    }

    private void renew() {
        running.values()
                .forEach(build -> store.renew(build.build(), settings.lease())
                        .onSuccess(isOurs -> {
                            if (!isOurs) {
                                build.stop().because(BuildRejected.CANCELLED);
                            }
                        })
                        .onFailure(this::storeIsAway));
    }

    private void storeIsAway(Throwable cause) {
        if (!isStoreAway) {
            log.atWarn().addKeyValue("reason", cause.getMessage()).log("builds-unreachable");
        }
        isStoreAway = true;
    }
}
