package dev.celadon.manifold.scheduler;

import dev.celadon.manifold.scheduler.domain.Cycling;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.manifold.scheduler.domain.Idling;
import dev.celadon.manifold.scheduler.domain.Rollout;
import dev.celadon.manifold.scheduler.domain.Wanted;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Lets dynos idle and wakes them, and has each replaced once a day. */
final class Rest {
    private final Platform platform;
    private final Stores stores;
    private final Idling idling;
    private final Cycling cycling;

    Rest(Platform platform, Stores stores, Idling idling, Cycling cycling) {
        this.platform = platform;
        this.stores = stores;
        this.idling = idling;
        this.cycling = cycling;
    }

    Future<View> look(View view) {
        Instant now = platform.clock().instant();
        Future<Void> done = Future.succeededFuture();
        List<UUID> cycled = new ArrayList<>();
        for (Wanted wanted : view.wanted().values()) {
            Integer idleUnder = view.idle().get(wanted.appId());
            if (idleUnder != null && !mayIdleOn(view, wanted, idleUnder)) {
                done = done.compose(before -> wake(view, wanted.appId()));
            } else if (idleUnder == null && isLive(view, wanted)) {
                Optional<Instant> active = Optional.ofNullable(view.activity().get(wanted.appId()));
                Optional<Dyno> quiet = idling.due(wanted, view.of(wanted.appId()), active, now);
                done = done.compose(before -> quiet.isPresent() ? rest(view, wanted) : Future.succeededFuture());
            }
            for (Dyno dyno : cycling.due(view.of(wanted.appId()), now)) {
                platform.appLog().platform(dyno.appId(), dyno.name(), "Cycling");
                cycled.add(dyno.id());
            }
        }
        return done.compose(before -> cycled.isEmpty()
                        ? Future.succeededFuture(0)
                        : stores.dynos().replace(cycled))
                .map(view);
    }

    /** A request waits. */
    Future<Boolean> wake(UUID app) {
        return stores.rest().wake(app).onSuccess(hasIdled -> {
            if (hasIdled) {
                platform.appLog().platform(app, "web.1", "Unidling");
            }
        });
    }

    /** Requests that routers reported while an event of theirs was lost. */
    Future<Void> wakeAwaited() {
        return stores.rest()
                .firstAwaited()
                .compose(app -> app.isEmpty()
                        ? Future.succeededFuture()
                        : wake(app.get()).compose(woken -> wakeAwaited()));
    }

    private Future<Void> wake(View view, UUID app) {
        view.idle().remove(app);
        return wake(app).mapEmpty();
    }

    private Future<Void> rest(View view, Wanted wanted) {
        Wanted.Type web = wanted.web().orElseThrow();
        view.idle().put(wanted.appId(), wanted.version());
        return stores.rest()
                .rest(wanted, web)
                .onSuccess(resting -> platform.appLog().platform(wanted.appId(), "web.1", "Idling"))
                .mapEmpty();
    }

    private boolean mayIdleOn(View view, Wanted wanted, int idleUnder) {
        Wanted standing = view.standing().get(wanted.appId());
        boolean isOfARelease = idleUnder == wanted.version() || (standing != null && standing.version() == idleUnder);
        return isOfARelease && Idling.mayIdle(wanted) && !idling.after().isZero();
    }

    private static boolean isLive(View view, Wanted wanted) {
        Rollout rollout = view.rollouts().get(wanted.appId());
        return rollout != null && rollout.isLive(wanted.version());
    }
}
