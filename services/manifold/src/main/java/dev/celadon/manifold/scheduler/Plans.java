package dev.celadon.manifold.scheduler;

import dev.celadon.manifold.scheduler.domain.Action;
import dev.celadon.manifold.scheduler.domain.Convergence;
import dev.celadon.manifold.scheduler.domain.CrashPolicy.Crashes;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.manifold.scheduler.domain.Rollout;
import dev.celadon.manifold.scheduler.domain.SoonCrash;
import dev.celadon.manifold.scheduler.domain.Wanted;
import dev.celadon.manifold.scheduler.store.CrashStore;
import dev.celadon.manifold.scheduler.store.DynoStore.Unplaced;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans every app and carries the plans out: rollouts are recorded, dynos replaced, started, retired. */
final class Plans {
    private static final Logger log = LoggerFactory.getLogger(Plans.class);

    private final Platform platform;
    private final Stores stores;
    private final Crashed crashed;
    private final SoonCrash soonCrash;
    private final Starts starts;

    Plans(Platform platform, Stores stores, Crashed crashed, SoonCrash soonCrash, Starts starts) {
        this.platform = platform;
        this.stores = stores;
        this.crashed = crashed;
        this.soonCrash = soonCrash;
        this.starts = starts;
    }

    /** What all apps need together, so that rows are written and dynos placed in one go. */
    private static final class Todo {
        final List<Action.Start> starts = new ArrayList<>();
        final List<UUID> replaced = new ArrayList<>();
        final List<UUID> retired = new ArrayList<>();
        final List<UUID> forgotten = new ArrayList<>();
        final List<Future<?>> rollouts = new ArrayList<>();
    }

    /** Whether anything was changed. */
    Future<Boolean> converge(View view) {
        Todo todo = new Todo();
        Instant now = platform.clock().instant();
        Map<UUID, Set<Unplaced>> unplaced =
                view.unplaced().stream().collect(Collectors.groupingBy(Unplaced::appId, Collectors.toSet()));
        view.wanted().values().forEach(wanted -> {
            plan(view, wanted, unplaced.getOrDefault(wanted.appId(), Set.of()), now, todo);
            takeBack(view, wanted, now, todo);
        });
        view.dynos().forEach((app, dynos) -> {
            if (!view.wanted().containsKey(app)) {
                dynos.stream().filter(Dyno::isServing).forEach(dyno -> todo.retired.add(dyno.id()));
            }
        });
        boolean isAnything = !todo.starts.isEmpty()
                || !todo.replaced.isEmpty()
                || !todo.retired.isEmpty()
                || !todo.forgotten.isEmpty()
                || !todo.rollouts.isEmpty();
        return Future.all(todo.rollouts)
                .compose(recorded -> some(todo.replaced, stores.dynos()::replace))
                .compose(replaced -> some(todo.forgotten, stores.dynos()::delete))
                .compose(forgotten -> starts.order(view, todo.starts))
                .compose(started -> some(todo.retired, stores.dynos()::retire))
                .map(isAnything);
    }

    private void plan(View view, Wanted wanted, Set<Unplaced> unplaced, Instant now, Todo todo) {
        UUID app = wanted.appId();
        Optional<Rollout> rollout = Optional.ofNullable(view.rollouts().get(app));
        boolean isLive = rollout.map(known -> known.isLive(wanted.version())).orElse(false);
        Optional<Wanted> standing = Optional.ofNullable(view.standing().get(app));
        List<Action> actions = Convergence.plan(
                new Convergence.Situation(
                        wanted,
                        standing,
                        isLive,
                        rollout.map(known -> known.isFailed(wanted.version())).orElse(false),
                        view.idle().getOrDefault(app, 0),
                        unplaced.stream()
                                .filter(waiting -> waiting.version() == wanted.version())
                                .map(Unplaced::name)
                                .collect(Collectors.toSet()),
                        (version, name) -> crashed.mayStart(view, new CrashStore.Key(app, version, name), now)),
                view.of(app));
        if (!isLive && rollout.map(Rollout::version).orElse(0) != wanted.version()) {
            todo.rollouts.add(stores.rollouts().enter(app, wanted.version(), Rollout.State.ROLLING, ""));
        }
        for (Action action : actions) {
            if (action instanceof Action.Start start) {
                todo.starts.add(start);
            } else if (action instanceof Action.Replace replace) {
                todo.replaced.add(replace.dyno().id());
            } else if (action instanceof Action.Retire retire) {
                todo.retired.add(retire.dyno().id());
            } else if (action instanceof Action.Forget forget) {
                todo.forgotten.add(forget.dyno().id());
            } else if (action instanceof Action.GoLive) {
                todo.rollouts.add(stores.rollouts().goLive(app, wanted.version()));
            } else if (action instanceof Action.Fail fail) {
                todo.rollouts.add(fail(wanted, standing, fail.reason()));
            }
        }
    }

    private Future<?> fail(Wanted wanted, Optional<Wanted> standing, String reason) {
        String serving =
                standing.map(before -> "; v" + before.version() + " serves on").orElse("");
        tell(wanted, "Release v" + wanted.version() + " did not come up: " + reason + serving);
        return stores.rollouts().enter(wanted.appId(), wanted.version(), Rollout.State.FAILED, reason);
    }

    /** A release that went live and crashed is the api's to take back; it looks for the state noted here. */
    private void takeBack(View view, Wanted wanted, Instant now, Todo todo) {
        Rollout rollout = view.rollouts().get(wanted.appId());
        if (rollout == null || !rollout.isLive(wanted.version())) {
            return;
        }
        soonCrash
                .reason(
                        wanted,
                        rollout,
                        view.of(wanted.appId()),
                        name -> view.crashes()
                                .getOrDefault(new CrashStore.Key(wanted.appId(), wanted.version(), name), Crashes.NONE),
                        now)
                .ifPresent(reason -> {
                    tell(wanted, "Release v" + wanted.version() + " is taken back: " + reason);
                    todo.rollouts.add(
                            stores.rollouts().enter(wanted.appId(), wanted.version(), Rollout.State.CRASHED, reason));
                });
    }

    private void tell(Wanted wanted, String text) {
        platform.appLog().platform(wanted.appId(), "api", text);
        log.atWarn()
                .addKeyValue("app", wanted.appName())
                .addKeyValue("news", text)
                .log("release-in-trouble");
    }

    private static Future<Integer> some(List<UUID> ids, Function<List<UUID>, Future<Integer>> change) {
        return ids.isEmpty() ? Future.succeededFuture(0) : change.apply(ids);
    }
}
