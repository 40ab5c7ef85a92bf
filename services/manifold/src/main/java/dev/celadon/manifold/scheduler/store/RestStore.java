package dev.celadon.manifold.scheduler.store;

import dev.celadon.contract.RouterReport;
import dev.celadon.manifold.scheduler.domain.Wanted;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Which apps had requests when, and which idle. */
public final class RestStore {
    private final Database database;

    public RestStore(Database database) {
        this.database = database;
    }

    /** What a router saw. An app that is busy all the time costs a write every few seconds only. */
    public Future<Integer> seen(RouterReport report) {
        if (report.active().isEmpty()) {
            return Future.succeededFuture(0);
        }
        return database.execute(
                """
                insert into manifold.app_activity (app_id, seen_at) select id, now() from unnest($1::uuid[]) id
                on conflict (app_id) do update set seen_at = excluded.seen_at
                where app_activity.seen_at < now() - interval '5 s'
                """, Tuple.tuple().addArrayOfUUID(report.active().toArray(UUID[]::new)));
    }

    public Future<Map<UUID, Instant>> activity() {
        return database.list("select app_id, seen_at from manifold.app_activity", Tuple.tuple(), row -> row)
                .map(rows -> {
                    Map<UUID, Instant> seen = new HashMap<>();
                    rows.forEach(row -> seen.put(
                            row.getUUID("app_id"),
                            row.getOffsetDateTime("seen_at").toInstant()));
                    return seen;
                });
    }

    /** Apps that idle, and under which release. */
    public Future<Map<UUID, Integer>> idle() {
        return database.list("select app_id, release_version from manifold.idle_apps", Tuple.tuple(), row -> row)
                .map(rows -> {
                    Map<UUID, Integer> idle = new HashMap<>();
                    rows.forEach(row -> idle.put(row.getUUID("app_id"), row.getInteger("release_version")));
                    return idle;
                });
    }

    public Future<Integer> rest(Wanted wanted, Wanted.Type web) {
        return database.execute("""
                insert into manifold.idle_apps (app_id, release_version, memory_mb, command) values ($1, $2, $3, $4)
                on conflict (app_id) do nothing
                """, Tuple.of(wanted.appId(), wanted.version(), web.memoryMb(), web.command()));
    }

    /** Whether it idled: of many who wake it, one does. */
    public Future<Boolean> wake(UUID app) {
        return database.execute("delete from manifold.idle_apps where app_id = $1", Tuple.of(app))
                .map(deleted -> deleted > 0);
    }

    /** Apps with a request since they idle. */
    public Future<Optional<UUID>> firstAwaited() {
        return database.first("""
                select i.app_id from manifold.idle_apps i join manifold.app_activity a on a.app_id = i.app_id
                where a.seen_at > i.since limit 1
                """, Tuple.tuple(), row -> row.getUUID("app_id"));
    }
}
