package dev.celadon.manifold.scheduler;

import dev.celadon.contract.DynoState;
import dev.celadon.manifold.scheduler.domain.CrashPolicy;
import dev.celadon.manifold.scheduler.domain.CrashPolicy.Crashes;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.manifold.scheduler.store.CrashStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Counts crashes, each once: a crashed dyno's row stays until a successor starts. */
final class Crashed {
    private final Stores stores;
    private final CrashPolicy policy;

    Crashed(Stores stores, CrashPolicy policy) {
        this.stores = stores;
        this.policy = policy;
    }

    Future<View> count(View view) {
        List<Dyno> crashed = view.all()
                .filter(dyno -> dyno.state() == DynoState.CRASHED)
                .sorted(Comparator.comparing(Dyno::since))
                .toList();
        Future<Integer> done = Future.succeededFuture(0);
        for (Dyno dyno : crashed) {
            CrashStore.Key key = CrashStore.Key.of(dyno);
            Crashes before = view.crashes().getOrDefault(key, Crashes.NONE);
            if (before.lastAt().isBefore(dyno.since())) {
                Crashes after = policy.after(before, dyno.createdAt(), dyno.since());
                view.crashes().put(key, after);
                done = done.compose(earlier -> stores.crashes().remember(dyno, after));
            }
        }
        return done.map(view);
    }

    boolean mayStart(View view, CrashStore.Key key, Instant now) {
        return policy.mayStart(view.crashes().getOrDefault(key, Crashes.NONE), now);
    }

    /** How long until the next cool-down ends; empty when none runs. */
    Optional<Duration> untilNextStart(View view, Instant now) {
        return view.all()
                .filter(dyno -> dyno.state() == DynoState.CRASHED)
                .map(dyno -> policy.nextStart(view.crashes().getOrDefault(CrashStore.Key.of(dyno), Crashes.NONE)))
                .filter(now::isBefore)
                .min(Comparator.naturalOrder())
                .map(next -> Duration.between(now, next));
    }
}
