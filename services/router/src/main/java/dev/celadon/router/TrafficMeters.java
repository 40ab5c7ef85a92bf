package dev.celadon.router;

import dev.celadon.router.domain.App;
import dev.celadon.router.domain.Dyno;
import dev.celadon.router.domain.Table;
import dev.celadon.router.domain.Traffic;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Shows the traffic of apps and dynos in the metrics: counters that requests write anyway, read when somebody asks.
 * Meters end with their app or dyno, and only the first apps in use get their own, up to a bound.
 */
final class TrafficMeters extends VerticleBase {
    private final MeterRegistry registry;
    private final Table table;
    private final RouterSettings settings;
    private final Map<Object, List<Meter>> shown = new HashMap<>();
    private int shownApps;

    TrafficMeters(MeterRegistry registry, Table table, RouterSettings settings) {
        this.registry = registry;
        this.table = table;
        this.settings = settings;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(settings.look().toMillis(), tick -> refresh());
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        shown.values().forEach(meters -> meters.forEach(registry::remove));
        return Future.succeededFuture();
    }

    private void refresh() {
        Set<Object> used = new HashSet<>();
        for (App app : table.apps()) {
            boolean hasMeters = shown.containsKey(app.traffic());
            if (app.traffic().isUsed() && (hasMeters || shownApps < settings.meteredApps())) {
                if (!hasMeters) {
                    shownApps++;
                    shown.put(app.traffic(), meters(app));
                }
                used.add(app.traffic());
                app.dynos().forEach(dyno -> {
                    used.add(dyno);
                    shown.computeIfAbsent(dyno, missing -> meters(app, dyno));
                });
            }
        }
        shown.entrySet().removeIf(entry -> {
            boolean isGone = !used.contains(entry.getKey());
            if (isGone) {
                entry.getValue().forEach(registry::remove);
                shownApps -= entry.getKey() instanceof Traffic ? 1 : 0;
            }
            return isGone;
        });
    }

    private List<Meter> meters(App app) {
        return meters("router", Tags.of("app", app.route().app()), app.traffic());
    }

    private List<Meter> meters(App app, Dyno dyno) {
        Tags tags = Tags.of(
                "app", app.route().app(),
                "dyno", dyno.backend().name(),
                "id", dyno.backend().dynoId().toString());
        return meters("router.dyno", tags, dyno.traffic());
    }

    private List<Meter> meters(String prefix, Tags tags, Traffic traffic) {
        List<Meter> meters = new ArrayList<>();
        for (int hundreds = 1; hundreds <= 5; hundreds++) {
            int status = hundreds;
            meters.add(FunctionCounter.builder(prefix + ".requests", traffic, each -> each.answered(status))
                    .tags(tags.and("status", status + "xx"))
                    .register(registry));
        }
        List<Integer> bounds = Traffic.boundsMillis();
        for (int i = 0; i <= bounds.size(); i++) {
            int bound = i;
            String most = i == bounds.size() ? "+Inf" : Double.toString(bounds.get(i) / 1_000.0);
            meters.add(FunctionCounter.builder(prefix + ".service.at.most", traffic, each -> each.atMost(bound))
                    .description("requests answered within so many seconds")
                    .tags(tags.and("seconds", most))
                    .register(registry));
        }
        meters.add(FunctionCounter.builder(prefix + ".service.millis", traffic, Traffic::millis)
                .tags(tags)
                .register(registry));
        meters.add(FunctionCounter.builder(prefix + ".bytes", traffic, Traffic::bytes)
                .tags(tags)
                .register(registry));
        meters.add(Gauge.builder(prefix + ".requests.in.flight", traffic, Traffic::inFlight)
                .tags(tags)
                .register(registry));
        return meters;
    }
}
