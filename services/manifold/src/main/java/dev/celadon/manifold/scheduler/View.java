package dev.celadon.manifold.scheduler;

import dev.celadon.contract.RouterReport;
import dev.celadon.manifold.scheduler.domain.CrashPolicy.Crashes;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.manifold.scheduler.domain.Rollout;
import dev.celadon.manifold.scheduler.domain.RouteEntries;
import dev.celadon.manifold.scheduler.domain.Wanted;
import dev.celadon.manifold.scheduler.store.CrashStore;
import dev.celadon.manifold.scheduler.store.DynoStore.Unplaced;
import dev.celadon.manifold.scheduler.store.NodeStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one pass sees. Its maps of crashes and idle apps are its own: a step notes there what it has just written, for
 * the steps after it.
 */
record View(
        long epoch,
        Map<UUID, Wanted> wanted,
        Map<UUID, Wanted> standing,
        List<RouteEntries.App> apps,
        Map<UUID, List<Dyno>> dynos,
        List<NodeStore.Seen> nodes,
        Map<UUID, Rollout> rollouts,
        Map<CrashStore.Key, Crashes> crashes,
        Map<UUID, Integer> idle,
        Map<UUID, Instant> activity,
        List<Unplaced> unplaced,
        Map<String, RouterReport> routers) {

    static Future<View> look(Stores stores, long epoch, Duration nodeLoss) {
        var wanted = stores.wanted().current();
        var standing = stores.wanted().standing();
        var apps = stores.wanted().apps();
        var dynos = stores.dynos().all();
        var nodes = stores.nodes().all(nodeLoss);
        var rollouts = stores.rollouts().all();
        var crashes = stores.crashes().all();
        var idle = stores.rest().idle();
        var activity = stores.rest().activity();
        var unplaced = stores.dynos().withoutRoom();
        var routers = stores.routers().all();
        return Future.all(List.of(
                        wanted, standing, apps, dynos, nodes, rollouts, crashes, idle, activity, unplaced, routers))
                .map(all -> new View(
                        epoch,
                        wanted.result(),
                        standing.result(),
                        apps.result(),
                        dynos.result().stream().collect(Collectors.groupingBy(Dyno::appId)),
                        nodes.result(),
                        rollouts.result(),
                        crashes.result(),
                        idle.result(),
                        activity.result(),
                        unplaced.result(),
                        routers.result()));
    }

    List<Dyno> of(UUID app) {
        return dynos.getOrDefault(app, List.of());
    }

    Stream<Dyno> all() {
        return dynos.values().stream().flatMap(List::stream);
    }

    /** As if these nodes had nothing. */
    View without(Set<String> lostNodes) {
        return new View(
                epoch,
                wanted,
                standing,
                apps,
                all().filter(dyno -> !lostNodes.contains(dyno.nodeId())).collect(Collectors.groupingBy(Dyno::appId)),
                nodes.stream()
                        .filter(seen -> !lostNodes.contains(seen.node().id()))
                        .toList(),
                rollouts,
                crashes,
                idle,
                activity,
                unplaced,
                routers);
    }
}
