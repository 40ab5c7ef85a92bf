package dev.celadon.manifold.scheduler.domain;

import dev.celadon.contract.DynoState;
import dev.celadon.contract.Route;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the routing table says of an app. */
public final class RouteEntries {
    private RouteEntries() {}

    /** An app as routers need it. */
    public record App(UUID id, String name, boolean isInMaintenance, List<String> hosts, Route.Options options) {
        public App {
            hosts = List.copyOf(hosts);
        }
    }

    /** With revision 0; the table gives it one when it differs from what it has. */
    public static Route of(App app, Optional<Wanted> wanted, List<Dyno> dynos, boolean isIdle) {
        List<Dyno> up = dynos.stream()
                .filter(dyno ->
                        dyno.isWeb() && dyno.isServing() && dyno.state() == DynoState.UP && dyno.address() != null)
                .toList();
        // While a rollout has not finished, the old dynos serve alone: never a mix of two releases.
        int serving = up.stream().mapToInt(Dyno::version).min().orElse(0);
        List<Route.Backend> backends = up.stream()
                .filter(dyno -> dyno.version() == serving)
                .map(dyno -> new Route.Backend(dyno.id(), dyno.name(), String.valueOf(dyno.address()), dyno.port()))
                .toList();
        Route.State state = state(app, wanted, dynos, !backends.isEmpty(), isIdle);
        return new Route(app.id(), app.name(), 0, state, app.hosts(), backends, app.options());
    }

    private static Route.State state(
            App app, Optional<Wanted> wanted, List<Dyno> dynos, boolean isAnyUp, boolean isIdle) {
        if (app.isInMaintenance()) {
            return Route.State.MAINTENANCE;
        }
        if (wanted.isEmpty()) {
            return Route.State.BLANK;
        }
        if (wanted.get().web().filter(type -> type.quantity() > 0).isEmpty()) {
            return Route.State.NO_WEB;
        }
        if (isAnyUp) {
            return Route.State.SERVING;
        }
        List<Dyno> web = dynos.stream().filter(Dyno::isWeb).toList();
        if (web.stream().anyMatch(Dyno::isServing)) {
            return Route.State.STARTING;
        }
        if (isIdle) {
            return Route.State.IDLE;
        }
        boolean hasCrashed = web.stream().anyMatch(dyno -> dyno.state() == DynoState.CRASHED);
        return hasCrashed ? Route.State.CRASHED : Route.State.STARTING;
    }
}
