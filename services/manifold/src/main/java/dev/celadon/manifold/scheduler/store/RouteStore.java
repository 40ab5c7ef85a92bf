package dev.celadon.manifold.scheduler.store;

import dev.celadon.contract.Route;
import dev.celadon.contract.RoutingTable;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The routing table, written by the leader alone: an entry that differs gets the next revision. */
public final class RouteStore {
    private final Database database;

    public RouteStore(Database database) {
        this.database = database;
    }

    /** A rollout as its row has it. */
    public record Rollout(int version, String state) {}

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

    /** Writes what differs under one new revision; answers with the revision the table has now. */
    public Future<Long> publish(List<Route> wanted) {
        return database.list(
                        "select entry from manifold.routes", Tuple.tuple(), row -> route(row.getJsonObject("entry")))
                .compose(stored -> {
                    List<Route> changed = changed(stored, wanted);
                    return changed.isEmpty() ? revision() : write(changed);
                });
    }

    public Future<Map<UUID, Rollout>> rollouts() {
        return database.list("select * from manifold.rollouts", Tuple.tuple(), row -> row)
                .map(rows -> {
                    Map<UUID, Rollout> rollouts = new HashMap<>();
                    rows.forEach(row -> rollouts.put(
                            row.getUUID("app_id"),
                            new Rollout(row.getInteger("release_version"), row.getString("state"))));
                    return rollouts;
                });
    }

    public Future<Integer> rollout(UUID app, int version, String state, String reason) {
        return database.execute("""
                insert into manifold.rollouts (app_id, release_version, state, reason) values ($1, $2, $3, $4)
                on conflict (app_id) do update set release_version = excluded.release_version, state = excluded.state,
                  reason = excluded.reason
                """, Tuple.of(app, version, state, reason));
    }

    /** Everything kept about apps that are gone and have no dyno left. */
    public Future<Integer> forgetDeleted() {
        String gone = " where not exists (select 1 from api.v_apps a where a.id = app_id)"
                + " and not exists (select 1 from manifold.dynos d where d.app_id = %s.app_id and d.state <> 'crashed')";
        Future<Integer> done = Future.succeededFuture(0);
        for (String table : List.of("crashes", "rollouts", "app_uids")) {
            done = done.compose(
                    before -> database.execute("delete from manifold." + table + gone.formatted(table), Tuple.tuple()));
        }
        return done.compose(before -> database.execute(
                "delete from manifold.dynos where state = 'crashed' and not exists (select 1 from api.v_apps a where a.id = app_id)",
                Tuple.tuple()));
    }

    private Future<Long> write(List<Route> changed) {
        return database.transaction(client -> Database.first(
                        client,
                        "update manifold.table_revision set revision = revision + 1 returning revision",
                        Tuple.tuple(),
                        row -> row.getLong("revision"))
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
                                Tuple.of(route.appId(), revision, new JsonObject(Json.write(at(route, revision))))));
                    }
                    return done.map(revision);
                }));
    }

    private static List<Route> changed(List<Route> stored, List<Route> wanted) {
        Map<UUID, Route> before = new HashMap<>();
        stored.forEach(route -> before.put(route.appId(), at(route, 0)));
        List<Route> changed = new ArrayList<>();
        for (Route route : wanted) {
            if (!route.equals(before.remove(route.appId()))) {
                changed.add(route);
            }
        }
        before.values().stream()
                .filter(route -> route.state() != Route.State.GONE)
                .forEach(route ->
                        changed.add(new Route(route.appId(), route.app(), 0, Route.State.GONE, List.of(), List.of())));
        return changed;
    }

    private static Route at(Route route, long revision) {
        return new Route(
                route.appId(), route.app(), revision, route.state(), route.hosts(), route.backends(), route.options());
    }

    private static Route route(JsonObject json) {
        return Json.read(Buffer.buffer(json.encode()), Route.class);
    }
}
