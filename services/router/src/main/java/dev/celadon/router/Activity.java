package dev.celadon.router;

import dev.celadon.contract.Route;
import dev.celadon.router.domain.Choice;
import dev.celadon.router.domain.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Which apps had requests since the last report, and which dynos have some in flight. Written by all event loops. */
final class Activity implements Choice.Load {
    private final Set<UUID> apps = ConcurrentHashMap.newKeySet();
    private final Map<UUID, AtomicInteger> inFlight = new ConcurrentHashMap<>();

    /** A request for the app came, or waits. */
    void seen(UUID app) {
        if (!apps.contains(app)) {
            apps.add(app);
        }
    }

    /** A dyno was given a request. */
    @Override
    public void begun(UUID dyno) {
        inFlight.computeIfAbsent(dyno, fresh -> new AtomicInteger()).incrementAndGet();
    }

    @Override
    public void ended(UUID dyno) {
        inFlight.computeIfPresent(dyno, (id, count) -> count.decrementAndGet() > 0 ? count : null);
    }

    /** The apps seen since the last call. */
    List<UUID> takeSeen() {
        List<UUID> seen = List.copyOf(apps);
        seen.forEach(apps::remove);
        return seen;
    }

    /** Dynos with requests in flight that the table does not have any more. */
    List<UUID> draining(Table table) {
        if (inFlight.isEmpty()) {
            return List.of();
        }
        Set<UUID> routed = table.routes().stream()
                .flatMap(route -> route.backends().stream())
                .map(Route.Backend::dynoId)
                .collect(Collectors.toSet());
        List<UUID> draining = new ArrayList<>();
        inFlight.keySet().stream().filter(dyno -> !routed.contains(dyno)).forEach(draining::add);
        return draining;
    }
}
