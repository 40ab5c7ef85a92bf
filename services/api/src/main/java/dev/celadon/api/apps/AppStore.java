package dev.celadon.api.apps;

import dev.celadon.api.domain.AppNames;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Lookups;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows of apps, as those see them who own them or collaborate on them. */
public final class AppStore {
    private static final String COLUMNS = """
            a.id, a.name, coalesce(s.stack, a.stack) as stack, a.build_stack, a.maintenance, a.acm, a.owner_id,
                   v.owner_email, v.web_url, a.created_at, a.updated_at, s.bytes, s.buildpack, r.created_at as released_at
            """;
    private static final String JOINED = """
            join api.v_apps v on v.id = a.id
            left join lateral (
              select l.slug_id, l.created_at from api.releases l
              where l.app_id = a.id and l.status = 'succeeded' order by l.version desc limit 1) r on true
            left join api.slugs s on s.id = r.slug_id
            """;
    private static final String SELECT = "select " + COLUMNS + " from api.apps a " + JOINED;
    private static final String VISIBLE = """
            (a.owner_id = $1
             or exists (select 1 from api.collaborators c where c.app_id = a.id and c.account_id = $1))
            """;

    private final Database database;
    private final ConfigStore configs;
    private final Lookups<Wanted, App> wanted = new Lookups<>(this::find);

    private record Wanted(UUID account, String nameOrId) {}

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
        if (Request.idOf(nameOrId).isEmpty() && AppNames.problem(nameOrId).isPresent()) {
            return Future.failedFuture(ApiException.notFound("app"));
        }
        return wanted.find(new Wanted(account, nameOrId))
                .map(app -> app.orElseThrow(() -> ApiException.notFound("app")));
    }

    private Future<Map<Wanted, App>> find(List<Wanted> wanted) {
        UUID[] accounts = wanted.stream().map(Wanted::account).toArray(UUID[]::new);
        String[] asked = wanted.stream().map(Wanted::nameOrId).toArray(String[]::new);
        UUID[] ids = wanted.stream()
                .map(one -> Request.idOf(one.nameOrId()).orElse(null))
                .toArray(UUID[]::new);
        return database.map(
                "select w.account, w.asked, " + COLUMNS + """
                from unnest($1::uuid[], $2::text[], $3::uuid[]) w (account, asked, id)
                join api.apps a on a.name = w.asked or a.id = w.id
                """ + JOINED + """
                where a.owner_id = w.account
                   or exists (select 1 from api.collaborators c where c.app_id = a.id and c.account_id = w.account)
                """,
                Tuple.tuple().addArrayOfUUID(accounts).addArrayOfString(asked).addArrayOfUUID(ids),
                row -> new Wanted(row.getUUID("account"), row.getString("asked")),
                AppStore::app);
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
