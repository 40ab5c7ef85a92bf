package dev.celadon.manifold.scheduler.store;

import dev.celadon.contract.Route;
import dev.celadon.manifold.scheduler.domain.RouteEntries;
import dev.celadon.manifold.scheduler.domain.Wanted;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What the api wants, read from its views. */
public final class WantedStore {
    private final Database database;

    public WantedStore(Database database) {
        this.database = database;
    }

    /** The current release of each app. */
    public Future<Map<UUID, Wanted>> current() {
        return releases("select * from api.v_formation order by app_id, type");
    }

    /** For apps whose newest release rolls out or failed: the one that went live last, with today's formation. */
    public Future<Map<UUID, Wanted>> standing() {
        return releases("""
                select f.* from manifold.rollouts r
                join api.v_release_formation f on f.app_id = r.app_id and f.version = r.live_version
                where not exists (select 1 from api.v_releases c
                                  where c.app_id = r.app_id and c.version = r.live_version and c.is_current)
                order by f.app_id, f.type
                """);
    }

    public Future<List<RouteEntries.App>> apps() {
        return database.list(
                """
                select a.id, a.name, a.maintenance, h.hosts, r.connect_ms, r.first_byte_ms, r.idle_ms, r.error_page_url,
                       r.maintenance_page_url, exists (select 1 from api.v_features f
                         where f.app_id = a.id and f.name = 'http-end-to-end-continue') as end_to_end_continue
                from api.v_apps a
                left join api.v_routing r on r.app_id = a.id
                cross join lateral (select coalesce(array_agg(v.host order by v.host), '{}') as hosts
                  from api.v_hosts v where v.app_id = a.id) h
                """,
                Tuple.tuple(),
                row -> new RouteEntries.App(
                        row.getUUID("id"),
                        row.getString("name"),
                        row.getBoolean("maintenance"),
                        List.of(row.getArrayOfStrings("hosts")),
                        options(row)));
    }

    private static Route.Options options(Row row) {
        return new Route.Options(
                row.getInteger("connect_ms"),
                row.getInteger("first_byte_ms"),
                row.getInteger("idle_ms"),
                row.getString("error_page_url"),
                row.getString("maintenance_page_url"),
                row.getBoolean("end_to_end_continue"));
    }

    private Future<Map<UUID, Wanted>> releases(String sql) {
        return database.list(sql, Tuple.tuple(), row -> row).map(rows -> {
            Map<UUID, Wanted> wanted = new LinkedHashMap<>();
            Map<UUID, List<Wanted.Type>> types = new LinkedHashMap<>();
            rows.forEach(row -> types.computeIfAbsent(row.getUUID("app_id"), app -> new ArrayList<>())
                    .add(type(row)));
            rows.forEach(row -> wanted.computeIfAbsent(
                    row.getUUID("app_id"), app -> wanted(row, types.getOrDefault(app, List.of()))));
            return wanted;
        });
    }

    private static Wanted.Type type(Row row) {
        return new Wanted.Type(
                row.getString("type"),
                row.getString("command"),
                row.getInteger("quantity"),
                row.getInteger("memory_mb"),
                row.getInteger("boot_seconds"));
    }

    private static Wanted wanted(Row row, List<Wanted.Type> types) {
        return new Wanted(
                row.getUUID("app_id"),
                row.getString("app_name"),
                row.getUUID("release_id"),
                row.getInteger("version"),
                row.getString("slug_sha256"),
                row.getString("commit_sha"),
                row.getString("stack"),
                types);
    }
}
