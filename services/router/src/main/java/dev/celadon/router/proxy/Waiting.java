package dev.celadon.router.proxy;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Requests of one event loop that wait for a dyno, in the order they came. */
final class Waiting {
    private final Map<UUID, Set<Exchange>> byApp = new HashMap<>();

    void add(UUID app, Exchange exchange) {
        byApp.computeIfAbsent(app, id -> new LinkedHashSet<>()).add(exchange);
    }

    void remove(UUID app, Exchange exchange) {
        Set<Exchange> waiting = byApp.get(app);
        if (waiting != null && waiting.remove(exchange) && waiting.isEmpty()) {
            byApp.remove(app);
        }
    }

    /** The table changed: each looks again. */
    void wake(UUID app) {
        Set<Exchange> waiting = byApp.get(app);
        if (waiting != null) {
            java.util.List.copyOf(waiting).forEach(Exchange::lookAgain);
        }
    }

    /** One request is over: one may take its place. */
    void wakeOne(UUID app) {
        Set<Exchange> waiting = byApp.isEmpty() ? null : byApp.get(app);
        if (waiting != null) {
            waiting.iterator().next().lookAgain();
        }
    }
}
