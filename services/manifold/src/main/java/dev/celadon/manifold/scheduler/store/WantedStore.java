package dev.celadon.manifold.scheduler.store;

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
                select a.id, a.name, a.maintenance, coalesce(array_agg(h.host) filter (where h.host is not null), '{}') as hosts
                from api.v_apps a left join api.v_hosts h on h.app_id = a.id group by a.id, a.name, a.maintenance
                """,
                Tuple.tuple(),
                row -> new RouteEntries.App(
                        row.getUUID("id"),
                        row.getString("name"),
                        row.getBoolean("maintenance"),
                        List.of(row.getArrayOfStrings("hosts"))));
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
