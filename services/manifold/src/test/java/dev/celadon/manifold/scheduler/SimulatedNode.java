package dev.celadon.manifold.scheduler;

import dev.celadon.contract.Accepted;
import dev.celadon.contract.Command;
import dev.celadon.contract.DynoReport;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.NodeHeartbeat;
import dev.celadon.contract.Probed;
import dev.celadon.contract.StartDyno;
import dev.celadon.contract.StopDyno;
import dev.celadon.manifold.scheduler.store.DynoStore;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A node without containers: it takes orders on the real bus and says in real heartbeats what became of them. */
final class SimulatedNode {
    private static final long BEAT_MILLIS = 50;

    private final Platform platform;
    private final DynoStore store;
    private final String id;
    private final String zone;
    private final int capacityMb;
    private final Map<UUID, Run> runs = new ConcurrentHashMap<>();
    private final List<StartDyno> orders = new CopyOnWriteArrayList<>();
    private volatile Function<StartDyno, DynoState> fate = order -> DynoState.UP;
    private volatile boolean isSilent;
    private volatile boolean isAccepting = true;
    private volatile long newestEpoch;
    private boolean isBeating;

    private record Run(
            StartDyno order,
            DynoState state,
            Instant since,
            @Nullable Integer exitStatus) {}

    SimulatedNode(Platform platform, String id, String zone, int capacityMb) throws Exception {
        this.platform = platform;
        this.store = new DynoStore(platform.database());
        this.id = id;
        this.zone = zone;
        this.capacityMb = capacityMb;
        Future.all(
                        platform.bus().serve(Command.START_DYNO, id, this::start),
                        platform.bus().serve(Command.STOP_DYNO, id, this::stop),
                        platform.bus()
                                .serve(
                                        Command.PROBE_DYNO,
                                        id,
                                        question -> Future.succeededFuture(new Probed(isAccepting))))
                .await(5, java.util.concurrent.TimeUnit.SECONDS);
        platform.vertx().setPeriodic(BEAT_MILLIS, tick -> beat());
        beat();
    }

    /** What becomes of dynos started from now on. */
    void fate(Function<StartDyno, DynoState> decide) {
        fate = decide;
    }

    void silent(boolean now) {
        isSilent = now;
    }

    void accepting(boolean now) {
        isAccepting = now;
    }

    /** A process ends by itself. */
    void crash(String name) {
        runs.replaceAll((dyno, run) -> run.order().name().equals(name) ? ended(run, DynoState.CRASHED, 1) : run);
    }

    List<StartDyno> orders() {
        return orders;
    }

    /** Names of dynos that run here, as {@code web.1 v2}. */
    List<String> running() {
        return runs.values().stream()
                .filter(run -> !run.state().isFinal())
                .map(run -> run.order().name() + " v" + run.order().releaseVersion())
                .sorted()
                .toList();
    }

    private Future<Accepted> start(StartDyno order) {
        if (isSilent) {
            return Future.failedFuture("cut off");
        }
        if (order.epoch() < newestEpoch) {
            return Future.failedFuture("epoch " + order.epoch() + " is older than " + newestEpoch);
        }
        newestEpoch = order.epoch();
        orders.add(order);
        DynoState state = fate.apply(order);
        Run run = new Run(order, state, platform.clock().instant(), state == DynoState.CRASHED ? 1 : null);
        runs.putIfAbsent(order.dynoId(), run);
        return Future.succeededFuture(new Accepted());
    }

    private Future<Accepted> stop(StopDyno order) {
        runs.computeIfPresent(order.dynoId(), (dyno, run) -> ended(run, DynoState.DOWN, 143));
        return Future.succeededFuture(new Accepted());
    }

    private Run ended(Run run, DynoState state, int exitStatus) {
        return new Run(run.order(), state, platform.clock().instant(), exitStatus);
    }

    private void beat() {
        if (isSilent || isBeating) {
            return;
        }
        isBeating = true;
        List<DynoReport> reports = new ArrayList<>();
        runs.forEach((dyno, run) -> reports.add(new DynoReport(
                dyno,
                run.order().appId(),
                run.order().name(),
                run.state(),
                "10.0.0.2",
                5000,
                run.since(),
                run.exitStatus(),
                null)));
        NodeHeartbeat heartbeat = new NodeHeartbeat(id, zone, capacityMb, reports);
        store.apply(heartbeat)
                .compose(changed -> store.unknown(heartbeat))
                .onSuccess(unknown -> {
                    reports.stream().filter(report -> report.state().isFinal()).forEach(report -> {
                        runs.remove(report.dynoId());
                    });
                    unknown.forEach(dyno -> runs.computeIfPresent(dyno, (key, run) -> ended(run, DynoState.DOWN, 143)));
                })
                .onComplete(done -> isBeating = false);
    }
}
