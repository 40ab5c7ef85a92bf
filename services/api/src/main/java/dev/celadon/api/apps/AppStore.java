package dev.celadon.api.apps;

import dev.celadon.api.http.ApiException;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** The rows of apps and their encrypted config vars. */
public final class AppStore {
    private static final String PURPOSE = "config-vars";
    private static final String SELECT = """
            select a.id, a.name, a.stack, a.maintenance, a.owner_id, v.owner_email, v.web_url, a.created_at, a.updated_at
            from api.apps a join api.v_apps v on v.id = a.id
            """;

    private final Database database;
    private final SecretKeys keys;

    public AppStore(Database database, SecretKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    public Future<List<App>> of(UUID account) {
        return database.list(SELECT + " where a.owner_id = $1 order by a.name", Tuple.of(account), AppStore::app);
    }

    /** By name or id; fails with 404 also where another account's app is meant. */
    public Future<App> find(String nameOrId, UUID account) {
        String sql = SELECT + " where (a.name = $1 or a.id::text = $1) and a.owner_id = $2";
        return database.first(sql, Tuple.of(nameOrId, account), AppStore::app)
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
                .compose(id -> insertConfig(client, id, Map.of())
                        .compose(config -> Database.execute(client, """
                                insert into api.releases (app_id, version, description, account_id, config_id)
                                values ($1, 1, 'Initial release', $2, $3)
                                """, Tuple.of(id, account, config)))
                        .map(id)));
    }

    public Future<Integer> update(UUID id, String name, boolean isInMaintenance) {
        return database.execute(
                "update api.apps set name = $2, maintenance = $3, updated_at = now() where id = $1",
                Tuple.of(id, name, isInMaintenance));
    }

    public Future<Integer> delete(UUID id) {
        return database.transaction(client -> Database.execute(
                        client, "delete from api.releases where app_id = $1", Tuple.of(id))
                .compose(releases -> Database.execute(client, "delete from api.apps where id = $1", Tuple.of(id))));
    }

    /** The config vars of the app's current release. */
    public Future<Map<String, String>> config(UUID app) {
        return database.first(
                        "select ciphertext from api.v_config_vars where app_id = $1",
                        Tuple.of(app),
                        row -> decrypt(row.getBuffer("ciphertext")))
                .map(found -> found.orElseGet(TreeMap::new));
    }

    /** The config vars of one release; fails with 404 once it is gone. */
    public Future<Map<String, String>> environment(UUID release) {
        String sql = "select c.ciphertext from api.releases r join api.configs c on c.id = r.config_id where r.id = $1";
        return database.first(sql, Tuple.of(release), row -> decrypt(row.getBuffer("ciphertext")))
                .map(found -> found.orElseThrow(() -> ApiException.notFound("release")));
    }

    /** Inside a transaction. */
    public Future<UUID> insertConfig(SqlClient client, UUID app, Map<String, String> vars) {
        Buffer sealed = Buffer.buffer(keys.encrypt(PURPOSE, Json.write(vars).getBytes()));
        return Database.first(
                        client,
                        "insert into api.configs (app_id, ciphertext) values ($1, $2) returning id",
                        Tuple.of(app, sealed),
                        row -> row.getUUID("id"))
                .map(id -> id.orElseThrow());
    }

    private Map<String, String> decrypt(Buffer sealed) {
        Buffer json = Buffer.buffer(keys.decrypt(PURPOSE, sealed.getBytes()));
        Map<String, String> vars = new TreeMap<>();
        Map<?, ?> read = Json.read(json, Map.class);
        read.forEach((name, value) -> vars.put(String.valueOf(name), String.valueOf(value)));
        return vars;
    }

    private static App app(Row row) {
        return new App(
                row.getUUID("id"),
                row.getString("name"),
                row.getString("stack"),
                row.getBoolean("maintenance"),
                row.getUUID("owner_id"),
                row.getString("owner_email"),
                row.getString("web_url"),
                row.getOffsetDateTime("created_at"),
                row.getOffsetDateTime("updated_at"));
    }
}
