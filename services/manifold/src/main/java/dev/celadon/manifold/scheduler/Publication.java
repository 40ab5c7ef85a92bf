package dev.celadon.manifold.scheduler;

import dev.celadon.contract.Route;
import dev.celadon.contract.RoutesChanged;
import dev.celadon.contract.Topic;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.manifold.scheduler.domain.RouteEntries;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Writes the routing table: what differs from what this leader published before gets the next revision. A leader reads
 * the table once; no one else writes it while it leads.
 */
final class Publication {
    private final Platform platform;
    private final Stores stores;
    private final Map<UUID, Route> published = new HashMap<>();
    private long loadedFor = -1;
    private long revision;

    Publication(Platform platform, Stores stores) {
        this.platform = platform;
        this.stores = stores;
    }

    Future<View> publish(View view) {
        return load(view.epoch())
                .compose(loaded -> {
                    List<Route> changed = changed(view);
                    return changed.isEmpty() ? Future.succeededFuture() : write(view.epoch(), changed);
                })
                .compose(done -> noteWithdrawn(view))
                .map(view)
                // What was written is uncertain now, so it is read again.
                .onFailure(cause -> loadedFor = -1);
    }

    private Future<Void> load(long epoch) {
        if (loadedFor == epoch) {
            return Future.succeededFuture();
        }
        return stores.routes()
                .all()
                .compose(routes -> stores.routes().revision().map(now -> {
                    published.clear();
                    routes.forEach(route -> published.put(route.appId(), route.at(0)));
                    revision = now;
                    loadedFor = epoch;
                    return null;
                }));
    }

    private List<Route> changed(View view) {
        List<Route> changed = new ArrayList<>();
        Set<UUID> known = new HashSet<>();
        for (RouteEntries.App app : view.apps()) {
            known.add(app.id());
            Route route = RouteEntries.of(
                    app,
                    Optional.ofNullable(view.wanted().get(app.id())),
                    view.of(app.id()),
                    view.idle().containsKey(app.id()));
            if (!route.equals(published.get(app.id()))) {
                changed.add(route);
            }
        }
        published.values().stream()
                .filter(route -> !known.contains(route.appId()) && route.state() != Route.State.GONE)
                .forEach(route ->
                        changed.add(new Route(route.appId(), route.app(), 0, Route.State.GONE, List.of(), List.of())));
        return changed;
    }

    private Future<Void> write(long epoch, List<Route> changed) {
        return stores.routes()
                .publish(epoch, changed)
                .onSuccess(now -> {
                    changed.forEach(route -> published.put(route.appId(), route));
                    revision = now;
                    platform.bus().publish(Topic.ROUTES_CHANGED, new RoutesChanged(now));
                })
                .mapEmpty();
    }

    /** The table is without them from this revision on, at the latest. */
    private Future<Void> noteWithdrawn(View view) {
        List<UUID> withdrawn = view.all()
                .filter(dyno -> dyno.retiredAt() != null && dyno.retiredRevision() == null)
                .map(Dyno::id)
                .toList();
        return withdrawn.isEmpty()
                ? Future.succeededFuture()
                : stores.dynos().withdrawn(withdrawn, revision).mapEmpty();
    }
}
