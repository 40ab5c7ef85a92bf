package dev.celadon.api.apps;

import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows of apps, as those see them who own them or collaborate on them. */
public final class AppStore {
    private static final String SELECT = """
            select a.id, a.name, coalesce(s.stack, a.stack) as stack, a.build_stack, a.maintenance, a.acm, a.owner_id,
                   v.owner_email, v.web_url, a.created_at, a.updated_at, s.bytes, s.buildpack, r.created_at as released_at
            from api.apps a join api.v_apps v on v.id = a.id
            left join lateral (
              select l.slug_id, l.created_at from api.releases l
              where l.app_id = a.id and l.status = 'succeeded' order by l.version desc limit 1) r on true
            left join api.slugs s on s.id = r.slug_id
            """;
    private static final String VISIBLE = """
            (a.owner_id = $1
             or exists (select 1 from api.collaborators c where c.app_id = a.id and c.account_id = $1))
            """;

    private final Database database;
    private final ConfigStore configs;

    public AppStore(Database database, ConfigStore configs) {
        this.database = database;
        this.configs = configs;
    }

    public Future<List<App>> of(UUID account) {
        return database.list(SELECT + " where " + VISIBLE + " order by a.name", Tuple.of(account), AppStore::app);
    }

    public Future<List<App>> among(UUID account, UUID[] ids) {
        String sql = SELECT + " where " + VISIBLE + " and a.id = any($2) order by a.name";
        return database.list(sql, Tuple.of(account).addArrayOfUUID(ids), AppStore::app);
    }

    /** By name or id; fails with 404 also where another account's app is meant. */
    public Future<App> find(String nameOrId, UUID account) {
        String by = Request.idOf(nameOrId).isPresent() ? "a.id = $2::uuid" : "a.name = $2::text";
        Object value = Request.idOf(nameOrId).<Object>map(id -> id).orElse(nameOrId);
        return database.first(SELECT + " where " + by + " and " + VISIBLE, Tuple.of(account, value), AppStore::app)
                .map(app -> app.orElseThrow(() -> ApiException.notFound("app")));
    }

    /** With its first release, v1. */
    public Future<UUID> create(String name, UUID account) {
        return database.transaction(client -> Database.first(
                        client,
                        "insert into api.apps (name, owner_id) values ($1, $2) returning id",
                        Tuple.of(name, account),
                        row -> row.getUUID("id"))
                .map(id -> id.orElseThrow())
                .compose(id -> configs.insert(client, id, Map.of())
                        .compose(config -> Database.execute(client, """
                                insert into api.releases (app_id, version, description, account_id, config_id)
                                values ($1, 1, 'Initial release', $2, $3)
                                """, Tuple.of(id, account, config)))
                        .map(id)));
    }

    /** @param buildStack unchanged when null */
    public Future<Integer> update(UUID id, String name, boolean isInMaintenance, @Nullable String buildStack) {
        return database.execute("""
                update api.apps set name = $2, maintenance = $3, build_stack = coalesce($4, build_stack), updated_at = now()
                where id = $1
                """, Tuple.of(id, name, isInMaintenance, buildStack));
    }

    public Future<Integer> delete(UUID id) {
        return database.transaction(client -> Database.execute(
                        client, "delete from api.one_offs where app_id = $1", Tuple.of(id))
                .compose(ended -> Database.execute(client, "delete from api.releases where app_id = $1", Tuple.of(id)))
                .compose(releases -> Database.execute(client, "delete from api.apps where id = $1", Tuple.of(id))));
    }

    private static App app(Row row) {
        return new App(
                row.getUUID("id"),
                row.getString("name"),
                row.getString("stack"),
                row.getString("build_stack"),
                row.getBoolean("maintenance"),
                row.getBoolean("acm"),
                row.getUUID("owner_id"),
                row.getString("owner_email"),
                row.getString("web_url"),
                row.getLong("bytes"),
                row.getString("buildpack"),
                row.getOffsetDateTime("released_at"),
                row.getOffsetDateTime("created_at"),
                row.getOffsetDateTime("updated_at"));
    }
}
