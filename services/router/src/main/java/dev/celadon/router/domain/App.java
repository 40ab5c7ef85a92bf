package dev.celadon.router.domain;

import dev.celadon.contract.Route;
import dev.celadon.contract.Route.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An app's entry of the table: immutable, so a request sees one revision of it whole; its traffic is counted on. */
public final class App {
    private final Route route;
    private final List<Dyno> dynos;
    private final Traffic traffic;

    private App(Route route, List<Dyno> dynos, Traffic traffic) {
        this.route = route;
        this.dynos = List.copyOf(dynos);
        this.traffic = traffic;
    }

    /** @param whenSeen as {@link Traffic}'s */
    static App first(Route route, Runnable whenSeen) {
        return new App(route, route.backends().stream().map(Dyno::new).toList(), new Traffic(whenSeen));
    }

    /**
     * The entry after this one; a dyno that stays keeps its load and its quarantine.
     *
     * @param withdrawn is given those that leave
     */
    App next(Route changed, Consumer<Dyno> withdrawn) {
        List<Dyno> kept = new ArrayList<>(changed.backends().size());
        for (Backend backend : changed.backends()) {
            kept.add(dynos.stream()
                    .filter(dyno -> dyno.backend().equals(backend))
                    .findFirst()
                    .orElseGet(() -> new Dyno(backend)));
        }
        dynos.stream().filter(dyno -> !kept.contains(dyno)).forEach(withdrawn);
        return new App(changed, kept, traffic);
    }

    public Route route() {
        return route;
    }

    public List<Dyno> dynos() {
        return dynos;
    }

    public Traffic traffic() {
        return traffic;
    }
}
