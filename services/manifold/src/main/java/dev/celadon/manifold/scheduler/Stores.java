package dev.celadon.manifold.scheduler;

import dev.celadon.manifold.scheduler.store.CrashStore;
import dev.celadon.manifold.scheduler.store.DynoStore;
import dev.celadon.manifold.scheduler.store.NodeStore;
import dev.celadon.manifold.scheduler.store.RestStore;
import dev.celadon.manifold.scheduler.store.RolloutStore;
import dev.celadon.manifold.scheduler.store.RouteStore;
import dev.celadon.manifold.scheduler.store.RouterStore;
import dev.celadon.manifold.scheduler.store.WantedStore;
import dev.celadon.runtime.Database;

/** The rows the scheduler reads and writes. */
record Stores(
        WantedStore wanted,
        DynoStore dynos,
        NodeStore nodes,
        CrashStore crashes,
        RolloutStore rollouts,
        RestStore rest,
        RouteStore routes,
        RouterStore routers) {

    static Stores of(Database database) {
        return new Stores(
                new WantedStore(database),
                new DynoStore(database),
                new NodeStore(database),
                new CrashStore(database),
                new RolloutStore(database),
                new RestStore(database),
                new RouteStore(database),
                new RouterStore(database));
    }
}
