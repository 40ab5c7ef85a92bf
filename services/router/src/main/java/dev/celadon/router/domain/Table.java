package dev.celadon.router.domain;

import dev.celadon.contract.Route;
import dev.celadon.contract.RoutingTable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The routing table of one revision: immutable, so that a swap is one write and a request sees one of them whole. */
public final class Table {
    public static final Table EMPTY = new Table(0, Map.of(), Map.of());

    private final long revision;
    private final Map<UUID, Route> byApp;
    private final Map<String, Route> byHost;

    private Table(long revision, Map<UUID, Route> byApp, Map<String, Route> byHost) {
        this.revision = revision;
        this.byApp = byApp;
        this.byHost = byHost;
    }

    public long revision() {
        return revision;
    }

    public List<Route> routes() {
        return List.copyOf(byApp.values());
    }

    /** By the Host header: case and port do not matter. */
    public Optional<Route> find(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        int colon = name.lastIndexOf(':');
        boolean hasPort = colon > 0 && name.indexOf(']', colon) < 0;
        return Optional.ofNullable(byHost.get(hasPort ? name.substring(0, colon) : name));
    }

    public Optional<Route> find(UUID app) {
        return Optional.ofNullable(byApp.get(app));
    }

    /** This table with the changes; one that is older than this is refused, and this stays. */
    public Table apply(RoutingTable changes) {
        if (changes.revision() < revision) {
            return this;
        }
        Map<UUID, Route> apps = new HashMap<>(byApp);
        for (Route route : changes.routes()) {
            if (route.state() == Route.State.GONE) {
                apps.remove(route.appId());
            } else {
                apps.put(route.appId(), route);
            }
        }
        Map<String, Route> hosts = new HashMap<>();
        apps.values().forEach(route -> route.hosts().forEach(host -> hosts.put(host, route)));
        return new Table(changes.revision(), apps, hosts);
    }
}
