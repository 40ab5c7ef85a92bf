package dev.celadon.manifold.scheduler;

import dev.celadon.contract.Command;
import dev.celadon.contract.DynoChanged;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.StartDyno;
import dev.celadon.contract.Topic;
import dev.celadon.manifold.oneoffs.OneOffScheduling;
import dev.celadon.manifold.scheduler.domain.Action;
import dev.celadon.manifold.scheduler.domain.Placement;
import dev.celadon.manifold.scheduler.store.DynoStore.Unplaced;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Places and orders new dynos. All of one pass are placed against one another; a name that nobody has room for waits,
 * which the app's log says once.
 */
final class Starts {
    private static final Logger log = LoggerFactory.getLogger(Starts.class);
    private static final int AT_ONCE = 32;
    /** A node that did not take an order gets none for this long, as long as others have room. */
    private static final Duration SHUNNED = Duration.ofSeconds(10);

    private final Platform platform;
    private final Stores stores;
    private final Map<String, Instant> shunned = new HashMap<>();
    /** With all that was placed in this pass so far. */
    private @Nullable Placement latest;

    Starts(Platform platform, Stores stores) {
        this.platform = platform;
        this.stores = stores;
    }

    private record Placed(Action.Start start, String nodeId) {}

    /** A start that does not succeed is tried again by a later pass. */
    Future<Void> order(View view, List<Action.Start> starts) {
        Set<Unplaced> obsolete = new HashSet<>(view.unplaced());
        obsolete.removeIf(waiting -> starts.stream().anyMatch(start -> isFor(waiting, start)));
        Future<?> done = obsolete.isEmpty()
                ? Future.succeededFuture()
                : stores.dynos().placed(obsolete.stream().map(Unplaced::id).toList());
        if (starts.isEmpty()) {
            return done.mapEmpty();
        }
        List<Placed> placed = new ArrayList<>();
        List<Action.Start> homeless = place(view, starts, placed);
        done = done.compose(before -> withoutRoom(homeless));
        for (int from = 0; from < placed.size(); from += AT_ONCE) {
            List<Placed> some = placed.subList(from, Math.min(placed.size(), from + AT_ONCE));
            done = done.compose(before -> Future.join(
                            some.stream().map(one -> order(view, one)).toList())
                    .transform(all -> Future.<Void>succeededFuture()));
        }
        return done.mapEmpty();
    }

    /**
     * For dynos that no formation asks for: they and those of formations are placed against one another. Called first
     * in each pass.
     */
    OneOffScheduling.Places begin(View view) {
        latest = null;
        return (app, type, memoryMb) -> placement(view).place(new Placement.Kind(app, type), memoryMb);
    }

    private Placement placement(View view) {
        if (latest == null) {
            latest = placement(view, Set.of());
        }
        return latest;
    }

    private List<Action.Start> place(View view, List<Action.Start> starts, List<Placed> placed) {
        Placement all = placement(view);
        shunned.values().removeIf(platform.clock().instant()::isAfter);
        Placement preferred = shunned.isEmpty() ? all : placement(view, shunned.keySet());
        List<Action.Start> homeless = new ArrayList<>();
        for (Action.Start start : starts) {
            Placement.Kind kind =
                    new Placement.Kind(start.release().appId(), start.type().name());
            Optional<String> node = preferred.place(kind, start.type().memoryMb());
            if (node.isEmpty() && preferred != all) {
                node = all.place(kind, start.type().memoryMb());
            }
            node.ifPresentOrElse(found -> placed.add(new Placed(start, found)), () -> homeless.add(start));
        }
        return homeless;
    }

    private static Placement placement(View view, Set<String> without) {
        Placement placement = new Placement(view.nodes().stream()
                .filter(seen -> seen.isHeard() && !without.contains(seen.node().id()))
                .map(seen -> seen.node())
                .toList());
        view.all()
                .filter(dyno -> !dyno.state().isFinal())
                .forEach(dyno -> placement.occupy(
                        new Placement.Kind(dyno.appId(), dyno.type()), dyno.nodeId(), dyno.memoryMb()));
        return placement;
    }

    private Future<Void> withoutRoom(List<Action.Start> homeless) {
        Future<Void> done = Future.succeededFuture();
        for (Action.Start start : homeless) {
            done = done.compose(before -> stores.dynos()
                    .withoutRoom(start.release(), start.type(), start.name())
                    .onSuccess(isNews -> {
                        if (isNews) {
                            tellWithoutRoom(start);
                        }
                    })
                    .mapEmpty());
        }
        return done;
    }

    private void tellWithoutRoom(Action.Start start) {
        UUID app = start.release().appId();
        platform.appLog()
                .platform(
                        app,
                        start.name(),
                        "No node has " + start.type().memoryMb() + " MB free; the dyno starts once one has");
        platform.bus().publish(Topic.DYNO_CHANGED, new DynoChanged(new UUID(0, 0), app, start.name(), DynoState.DOWN));
        log.atWarn()
                .addKeyValue("app", start.release().appName())
                .addKeyValue("dyno", start.name())
                .log("no-capacity");
    }

    private Future<Void> order(View view, Placed placed) {
        Action.Start start = placed.start();
        return stores.dynos()
                .hostUid(start.release().appId())
                .map(uid -> command(view.epoch(), start, uid))
                .compose(command -> stores.dynos()
                        .order(command, placed.nodeId())
                        .compose(ordered -> send(command, placed.nodeId())))
                .onFailure(cause -> log.atWarn()
                        .addKeyValue("dyno", start.name())
                        .addKeyValue("app", start.release().appName())
                        .addKeyValue("node", placed.nodeId())
                        .addKeyValue("reason", cause.getMessage())
                        .log("start-refused"));
    }

    private Future<Void> send(StartDyno command, String nodeId) {
        return platform.bus()
                .request(Command.START_DYNO, nodeId, command)
                .recover(cause -> {
                    shunned.put(nodeId, platform.clock().instant().plus(SHUNNED));
                    // Should the node have it after all, it learns that nobody knows it.
                    return stores.dynos()
                            .delete(List.of(command.dynoId()))
                            .compose(deleted -> Future.failedFuture(cause));
                })
                .mapEmpty();
    }

    private static StartDyno command(long epoch, Action.Start start, int hostUid) {
        return new StartDyno(
                UUID.randomUUID(),
                epoch,
                start.release().appId(),
                start.release().appName(),
                start.name(),
                start.release().releaseId(),
                start.release().version(),
                start.release().slugSha256(),
                start.release().commit(),
                start.type().command(),
                start.release().stack(),
                hostUid,
                start.type().memoryMb(),
                start.type().bootSeconds());
    }

    private static boolean isFor(Unplaced waiting, Action.Start start) {
        return waiting.appId().equals(start.release().appId())
                && waiting.name().equals(start.name())
                && waiting.version() == start.release().version();
    }
}
