package dev.celadon.router.domain;

import dev.celadon.contract.Route;
import dev.celadon.contract.RoutingTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The routing table: written by one, read by all event loops without a lock. Its entries are immutable and swapped one
 * by one, so that a change of one app among a hundred thousand costs no more than among ten. The revision is raised when
 * all changes of it are in.
 */
public final class Table {
    private final Map<UUID, App> byId = new ConcurrentHashMap<>();
    private final Map<String, App> byHost = new ConcurrentHashMap<>();
    /** Apps with a request since they were last asked for: not all of a large table need be looked at for them. */
    private final Set<UUID> seen = ConcurrentHashMap.newKeySet();

    private final Set<Dyno> withdrawn = ConcurrentHashMap.newKeySet();
    private volatile long revision;

    public long revision() {
        return revision;
    }

    public int size() {
        return byId.size();
    }

    public List<Route> routes() {
        List<Route> routes = new ArrayList<>(byId.size());
        byId.values().forEach(app -> routes.add(app.route()));
        return routes;
    }

    public Iterable<App> apps() {
        return byId.values();
    }

    /** @param host lower case, with or without its port */
    public @Nullable App find(String host) {
        App found = byHost.get(host);
        if (found != null) {
            return found;
        }
        String name = withoutPort(host);
        found = byHost.get(name);
        int dot = name.indexOf('.');
        return found != null || dot < 0 ? found : byHost.get("*" + name.substring(dot));
    }

    public @Nullable App find(UUID app) {
        return byId.get(app);
    }

    public static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        boolean hasPort = colon > 0 && host.indexOf(']', colon) < 0;
        String name = hasPort ? host.substring(0, colon) : host;
        // A name from the root is the same name.
        return name.endsWith(".") && name.length() > 1 ? name.substring(0, name.length() - 1) : name;
    }

    /**
     * Takes changes in.
     *
     * @return false when they belong to an older table than this: its writer was restored, and the whole is needed
     */
    public boolean apply(RoutingTable changes) {
        if (changes.revision() < revision && changes.since() > 0) {
            return false;
        }
        if (changes.since() == 0) {
            Set<UUID> named = new HashSet<>();
            changes.routes().forEach(route -> named.add(route.appId()));
            byId.keySet().stream().filter(id -> !named.contains(id)).toList().forEach(this::forget);
        }
        for (Route route : changes.routes()) {
            if (route.state() == Route.State.GONE) {
                forget(route.appId());
            } else {
                put(route);
            }
        }
        revision = changes.revision();
        return true;
    }

    /** Dynos that have left the table and still answer requests. */
    public List<UUID> draining() {
        long now = System.nanoTime();
        withdrawn.removeIf(dyno -> dyno.isPast(now));
        return withdrawn.stream()
                .filter(dyno -> dyno.inFlight() > 0)
                .map(dyno -> dyno.backend().dynoId())
                .toList();
    }

    /** Apps with a request since the last call, or one in flight. */
    public List<UUID> takeSeen() {
        List<UUID> taken = List.copyOf(seen);
        taken.forEach(id -> {
            seen.remove(id);
            App app = byId.get(id);
            if (app != null) {
                app.traffic().takeSeen();
            }
        });
        return taken;
    }

    private void withdraw(Dyno dyno) {
        dyno.withdraw(System.nanoTime());
        withdrawn.add(dyno);
    }

    private void put(Route route) {
        UUID id = route.appId();
        App before = byId.get(id);
        App app = before == null ? App.first(route, () -> seen.add(id)) : before.next(route, this::withdraw);
        byId.put(id, app);
        route.hosts().forEach(host -> byHost.put(host, app));
        if (before != null && !before.route().hosts().equals(route.hosts())) {
            before.route().hosts().stream()
                    .filter(host -> !route.hosts().contains(host))
                    .forEach(host -> release(host, app));
        }
    }

    private void forget(UUID id) {
        App gone = byId.remove(id);
        if (gone != null) {
            gone.route().hosts().forEach(host -> release(host, gone));
            gone.dynos().forEach(this::withdraw);
        }
    }

    /** Unless another app took the host over in the same revision. */
    private void release(String host, App last) {
        byHost.computeIfPresent(
                host,
                (name, holder) -> holder.route().appId().equals(last.route().appId()) ? null : holder);
    }
}
