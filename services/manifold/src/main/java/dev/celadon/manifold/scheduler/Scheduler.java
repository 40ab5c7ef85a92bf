package dev.celadon.manifold.scheduler;

import dev.celadon.contract.Accepted;
import dev.celadon.contract.Command;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.Route;
import dev.celadon.contract.RoutesApplied;
import dev.celadon.contract.RoutesChanged;
import dev.celadon.contract.StartDyno;
import dev.celadon.contract.StopDyno;
import dev.celadon.contract.Topic;
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.manifold.oneoffs.OneOffScheduling;
import dev.celadon.manifold.scheduler.domain.Action;
import dev.celadon.manifold.scheduler.domain.Convergence;
import dev.celadon.manifold.scheduler.domain.CrashPolicy;
import dev.celadon.manifold.scheduler.domain.CrashPolicy.Crashes;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.manifold.scheduler.domain.Placement;
import dev.celadon.manifold.scheduler.domain.RouteEntries;
import dev.celadon.manifold.scheduler.domain.Wanted;
import dev.celadon.manifold.scheduler.store.DynoStore;
import dev.celadon.manifold.scheduler.store.LeaseStore;
import dev.celadon.manifold.scheduler.store.RouteStore;
import dev.celadon.manifold.scheduler.store.WantedStore;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one leader that turns wanted into actual: a pass reads everything, plans each app, and orders. Passes follow
 * hints and a timer; one at a time, and what happens during one is seen by the next.
 */
public final class Scheduler extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(Scheduler.class);
    private static final String LEASE = "scheduler";

    private final Platform platform;
    private final ManifoldSettings settings;
    private final LeaseStore leases;
    private final WantedStore wantedStore;
    private final DynoStore dynoStore;
    private final RouteStore routeStore;
    private final CrashPolicy crashPolicy;
    private final OneOffScheduling oneOffs;
    private final Map<String, Long> applied = new HashMap<>();
    private final Set<UUID> counted = new HashSet<>();
    private boolean isPassing;
    private boolean isHinted;

    public Scheduler(Platform platform, ManifoldSettings settings) {
        this.platform = platform;
        this.settings = settings;
        this.leases = new LeaseStore(platform.database());
        this.wantedStore = new WantedStore(platform.database());
        this.dynoStore = new DynoStore(platform.database());
        this.routeStore = new RouteStore(platform.database());
        this.crashPolicy = new CrashPolicy(settings.cooldown());
        this.oneOffs = new OneOffScheduling(platform, settings, dynoStore);
    }

    /** What one pass sees. */
    private record View(
            long epoch,
            Map<UUID, Wanted> wanted,
            List<RouteEntries.App> apps,
            List<Dyno> dynos,
            List<DynoStore.Node> nodes,
            Map<UUID, RouteStore.Rollout> rollouts,
            Map<String, Crashes> crashes) {
        List<Dyno> of(UUID app) {
            return dynos.stream().filter(dyno -> dyno.appId().equals(app)).toList();
        }
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(settings.look().toMillis(), tick -> hint());
        return Future.all(List.of(
                        platform.bus().subscribe(Topic.RELEASE_CREATED, event -> hint()),
                        platform.bus().subscribe(Topic.FORMATION_CHANGED, event -> hint()),
                        platform.bus().subscribe(Topic.APP_CHANGED, event -> hint()),
                        platform.bus().subscribe(Topic.ONE_OFF_CHANGED, event -> hint()),
                        platform.bus().subscribe(Topic.DYNO_CHANGED, event -> hint()),
                        platform.bus().subscribe(Topic.ROUTES_APPLIED, this::acknowledged),
                        platform.bus()
                                .serve(
                                        Command.RESTART_DYNOS,
                                        "",
                                        command -> dynoStore
                                                .replace(command.appId(), command.target())
                                                .onSuccess(done -> hint())
                                                .map(done -> new Accepted()))))
                .onSuccess(ready -> hint());
    }

    @Override
    public Future<?> stop() {
        return leases.release(LEASE, platform.nodeId());
    }

    private void acknowledged(RoutesApplied report) {
        Long before = applied.put(report.routerId(), report.revision());
        if (before == null || before != report.revision()) {
            hint();
        }
    }

    private void hint() {
        isHinted = true;
        if (!isPassing) {
            isPassing = true;
            isHinted = false;
            leases.acquire(LEASE, platform.nodeId(), settings.lease())
                    .compose(epoch -> epoch.isPresent() ? pass(epoch.get()) : Future.succeededFuture())
                    .onFailure(cause -> log.atWarn()
                            .addKeyValue("reason", cause.getMessage())
                            .log("pass-failed"))
                    .onComplete(done -> {
                        isPassing = false;
                        if (isHinted) {
                            hint();
                        }
                    });
        }
    }

    private Future<Void> pass(long epoch) {
        return look(epoch)
                .compose(view -> countCrashes(view).map(view))
                .compose(view -> oneOffs.pass(epoch, (app, type, memoryMb) -> place(view, app, type, memoryMb))
                        .map(view))
                .compose(view -> act(view).map(view))
                .compose(view -> look(epoch))
                .compose(this::publish)
                .compose(done -> routeStore.forgetDeleted())
                .mapEmpty();
    }

    private Future<View> look(long epoch) {
        var wanted = wantedStore.all();
        var apps = wantedStore.apps();
        var dynos = dynoStore.all();
        var nodes = dynoStore.livingNodes(settings.nodeLoss().toMillis());
        var rollouts = routeStore.rollouts();
        var crashes = dynoStore.crashes();
        return Future.all(List.of(wanted, apps, dynos, nodes, rollouts, crashes))
                .map(all -> new View(
                        epoch,
                        wanted.result(),
                        apps.result(),
                        dynos.result(),
                        nodes.result(),
                        rollouts.result(),
                        crashes.result()));
    }

    /** Each crashed dyno counts once; its row stays until a successor starts. */
    private Future<Void> countCrashes(View view) {
        Future<Void> done = Future.succeededFuture();
        for (Dyno dyno : view.dynos()) {
            String key = DynoStore.key(dyno.appId(), dyno.name(), dyno.version());
            Crashes before = view.crashes().getOrDefault(key, new Crashes(0, Instant.EPOCH));
            if (dyno.state() == DynoState.CRASHED
                    && counted.add(dyno.id())
                    && before.lastAt().isBefore(dyno.since())) {
                Crashes after = crashPolicy.after(before, dyno.createdAt(), dyno.since());
                Crashes kept = before.count() == 0 ? new Crashes(1, dyno.since()) : after;
                view.crashes().put(key, kept);
                done = done.compose(earlier -> dynoStore.remember(dyno, kept).mapEmpty());
            }
        }
        return done;
    }

    private Future<Void> act(View view) {
        Future<Void> done = Future.succeededFuture();
        for (Wanted wanted : view.wanted().values()) {
            done = done.compose(before -> converge(view, wanted));
        }
        Set<UUID> known = new HashSet<>(view.wanted().keySet());
        List<Dyno> orphans = view.dynos().stream()
                .filter(dyno -> !known.contains(dyno.appId()) && dyno.isServing())
                .toList();
        return done.compose(before -> retire(orphans)).compose(before -> stopRetired(view));
    }

    private Future<Void> converge(View view, Wanted wanted) {
        List<Dyno> dynos = view.of(wanted.appId());
        RouteStore.Rollout rollout = view.rollouts().get(wanted.appId());
        boolean isKnown = rollout != null && rollout.version() == wanted.version();
        boolean isFailed = isKnown && rollout != null && rollout.state().equals("failed");
        List<Action> actions = Convergence.plan(wanted, dynos, isFailed, name -> mayStart(view, wanted, name));
        Future<Void> done = Future.succeededFuture();
        List<Dyno> retired = new ArrayList<>();
        List<Future<?>> starts = new ArrayList<>();
        String state = Convergence.isLive(wanted, dynos) ? "live" : "rolling";
        for (Action action : actions) {
            if (action instanceof Action.Start start) {
                starts.add(start(view, wanted, start));
            } else if (action instanceof Action.Retire retire) {
                retired.add(retire.dyno());
            } else if (action instanceof Action.Fail fail) {
                isFailed = true;
                platform.appLog()
                        .platform(
                                wanted.appId(),
                                "api",
                                "Release v" + wanted.version() + " did not come up: " + fail.reason());
                done = done.compose(before -> routeStore
                        .rollout(wanted.appId(), wanted.version(), "failed", fail.reason())
                        .mapEmpty());
            }
        }
        boolean isNews = rollout == null || !isKnown || !rollout.state().equals(state);
        if (!isFailed && isNews && !(isKnown && "live".equals(rollout == null ? "" : rollout.state()))) {
            done = done.compose(before -> routeStore
                    .rollout(wanted.appId(), wanted.version(), state, "")
                    .mapEmpty());
        }
        return done.compose(before -> Future.join(starts).transform(all -> Future.<Void>succeededFuture()))
                .compose(before -> retire(retired));
    }

    private boolean mayStart(View view, Wanted wanted, String name) {
        Crashes crashes = view.crashes().get(DynoStore.key(wanted.appId(), name, wanted.version()));
        return crashes == null || crashPolicy.mayStart(crashes, platform.clock().instant());
    }

    private Future<Void> start(View view, Wanted wanted, Action.Start action) {
        Optional<String> node =
                place(view, wanted.appId(), action.type().name(), action.type().memoryMb());
        if (node.isEmpty()) {
            log.atWarn()
                    .addKeyValue("app", wanted.appName())
                    .addKeyValue("dyno", action.name())
                    .log("no-capacity");
            return Future.succeededFuture();
        }
        return dynoStore
                .hostUid(wanted.appId())
                .map(uid -> new StartDyno(
                        UUID.randomUUID(),
                        view.epoch(),
                        wanted.appId(),
                        wanted.appName(),
                        action.name(),
                        wanted.releaseId(),
                        wanted.version(),
                        wanted.slugSha256(),
                        wanted.commit(),
                        action.type().command(),
                        wanted.stack(),
                        uid,
                        action.type().memoryMb(),
                        action.type().bootSeconds()))
                .compose(start -> dynoStore
                        .deleteCrashed(wanted.appId(), action.name())
                        .compose(gone -> dynoStore.order(start, node.get()))
                        .compose(ordered -> platform.bus().request(Command.START_DYNO, node.get(), start))
                        .recover(cause -> {
                            log.atWarn()
                                    .addKeyValue("dyno", action.name())
                                    .addKeyValue("reason", cause.getMessage())
                                    .log("start-refused");
                            return dynoStore.delete(start.dynoId()).map(deleted -> new Accepted());
                        }))
                .mapEmpty();
    }

    private static Optional<String> place(View view, UUID app, String type, int memoryMb) {
        List<Placement.Node> nodes = view.nodes().stream()
                .map(node -> new Placement.Node(
                        node.id(),
                        node.zone(),
                        node.capacityMb(),
                        view.dynos().stream()
                                .filter(dyno -> dyno.nodeId().equals(node.id()))
                                .mapToInt(Dyno::memoryMb)
                                .sum(),
                        (int) view.of(app).stream()
                                .filter(dyno -> dyno.nodeId().equals(node.id())
                                        && dyno.type().equals(type))
                                .count()))
                .toList();
        return Placement.choose(nodes, memoryMb).map(Placement.Node::id);
    }

    /** Withdrawn now; stopped by a later pass, once routers route by a table without them. */
    private Future<Void> retire(List<Dyno> dynos) {
        if (dynos.isEmpty()) {
            return Future.succeededFuture();
        }
        return routeStore
                .revision()
                .compose(revision ->
                        dynoStore.retire(dynos.stream().map(Dyno::id).toList(), revision + 1))
                .mapEmpty();
    }

    private Future<Void> stopRetired(View view) {
        List<Future<?>> stops = new ArrayList<>();
        for (Dyno dyno : view.dynos()) {
            if (dyno.retiredAt() != null
                    && !dyno.state().isFinal()
                    && dyno.state() != DynoState.STOPPING
                    && mayStop(dyno)) {
                stops.add(platform.bus()
                        .request(Command.STOP_DYNO, dyno.nodeId(), new StopDyno(dyno.id(), view.epoch(), (int)
                                settings.grace().toSeconds()))
                        .onFailure(cause -> log.atWarn()
                                .addKeyValue("dyno", dyno.name())
                                .addKeyValue("reason", cause.getMessage())
                                .log("stop-refused")));
            }
        }
        return Future.join(stops).transform(done -> Future.succeededFuture());
    }

    private boolean mayStop(Dyno dyno) {
        if (!dyno.isWeb()
                || dyno.state() != DynoState.UP
                || dyno.retiredRevision() == null
                || dyno.retiredAt() == null) {
            return true;
        }
        boolean isAcknowledged = platform.members().serving("router").stream()
                .allMatch(router -> applied.getOrDefault(router.id(), -1L) >= dyno.retiredRevision());
        return isAcknowledged
                || platform.clock().instant().isAfter(dyno.retiredAt().plus(settings.acknowledge()));
    }

    private Future<Void> publish(View view) {
        List<Route> routes = view.apps().stream()
                .map(app ->
                        RouteEntries.of(app, Optional.ofNullable(view.wanted().get(app.id())), view.of(app.id())))
                .toList();
        return routeStore
                .revision()
                .compose(before -> routeStore.publish(routes).map(after -> {
                    if (!after.equals(before)) {
                        platform.bus().publish(Topic.ROUTES_CHANGED, new RoutesChanged(after));
                    }
                    return null;
                }));
    }
}
