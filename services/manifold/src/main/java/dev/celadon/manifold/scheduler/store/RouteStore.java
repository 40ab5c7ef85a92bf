package dev.celadon.manifold.scheduler.store;

import dev.celadon.contract.Route;
import dev.celadon.contract.RoutingTable;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/** The routing table, written by the leader alone: entries that changed get the next revision. */
public final class RouteStore {
    private final Database database;

    public RouteStore(Database database) {
        this.database = database;
    }

    public Future<RoutingTable> since(long revision) {
        // The revision first: an entry published in between is then sent again, never skipped.
        return revision()
                .compose(now -> database.list(
                                "select entry from manifold.routes where revision > $1 order by revision",
                                Tuple.of(revision),
                                row -> route(row.getJsonObject("entry")))
                        .map(routes -> new RoutingTable(revision, now, routes)));
    }

    public Future<Long> revision() {
        return database.first(
                        "select revision from manifold.table_revision", Tuple.tuple(), row -> row.getLong("revision"))
                .map(found -> found.orElse(0L));
    }

    public Future<List<Route>> all() {
        return database.list(
                "select entry from manifold.routes", Tuple.tuple(), row -> route(row.getJsonObject("entry")));
    }

    /** Under one new revision, with which it answers. Fails when this leader leads no more. */
    public Future<Long> publish(long epoch, List<Route> changed) {
        return database.transaction(client -> LeaseStore.hold(client, DynoStore.SCHEDULER, epoch)
                .compose(held -> Database.first(
                        client,
                        "update manifold.table_revision set revision = revision + 1 returning revision",
                        Tuple.tuple(),
                        row -> row.getLong("revision")))
                .map(revision -> revision.orElseThrow())
                .compose(revision -> {
                    Future<Integer> done = Future.succeededFuture(0);
                    for (Route route : changed) {
                        done = done.compose(before -> Database.execute(
                                client,
                                """
                                insert into manifold.routes (app_id, revision, entry) values ($1, $2, $3)
                                on conflict (app_id) do update set revision = excluded.revision, entry = excluded.entry
                                """,
                                Tuple.of(route.appId(), revision, new JsonObject(Json.write(route.at(revision))))));
                    }
                    return done.map(revision);
                }));
    }

    /** Everything kept about apps that are gone and have no dyno left. */
    public Future<Integer> forgetDeleted() {
        String gone = " where not exists (select 1 from api.v_apps a where a.id = app_id)"
                + " and not exists (select 1 from manifold.dynos d where d.app_id = %s.app_id and d.state <> 'crashed')";
        Future<Integer> done = Future.succeededFuture(0);
        for (String table : List.of("crashes", "rollouts", "app_uids", "unplaced", "idle_apps", "app_activity")) {
            done = done.compose(
                    before -> database.execute("delete from manifold." + table + gone.formatted(table), Tuple.tuple()));
        }
        return done.compose(before -> database.execute(
                "delete from manifold.dynos where state = 'crashed' and not exists (select 1 from api.v_apps a where a.id = app_id)",
                Tuple.tuple()));
    }

    private static Route route(JsonObject json) {
        return Json.read(Buffer.buffer(json.encode()), Route.class);
    }
}
