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

    public Future<Map<UUID, Wanted>> all() {
        return database.list("select * from api.v_formation order by app_id, type", Tuple.tuple(), row -> row)
                .map(rows -> {
                    Map<UUID, Wanted> wanted = new LinkedHashMap<>();
                    rows.forEach(row -> wanted.merge(row.getUUID("app_id"), wanted(row), WantedStore::merge));
                    return wanted;
                });
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

    private static Wanted wanted(Row row) {
        Wanted.Type type = new Wanted.Type(
                row.getString("type"),
                row.getString("command"),
                row.getInteger("quantity"),
                row.getInteger("memory_mb"),
                row.getInteger("boot_seconds"));
        return new Wanted(
                row.getUUID("app_id"),
                row.getString("app_name"),
                row.getUUID("release_id"),
                row.getInteger("version"),
                row.getString("slug_sha256"),
                row.getString("commit_sha"),
                row.getString("stack"),
                List.of(type));
    }

    private static Wanted merge(Wanted one, Wanted other) {
        List<Wanted.Type> types = new ArrayList<>(one.types());
        types.addAll(other.types());
        return new Wanted(
                one.appId(),
                one.appName(),
                one.releaseId(),
                one.version(),
                one.slugSha256(),
                one.commit(),
                one.stack(),
                types);
    }
}
