package dev.celadon.api.apps;

import dev.celadon.api.http.ApiException;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Sets of config vars, encrypted; each is kept as long as a release points at it. */
public final class ConfigStore {
    private static final String PURPOSE = "config-vars";

    private final Database database;
    private final SecretKeys keys;

    public ConfigStore(Database database, SecretKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    /** The app's config vars now: those of its newest release that did not fail. */
    public Future<Map<String, String>> current(UUID app) {
        return database.first(
                        "select ciphertext from api.v_config_vars where app_id = $1",
                        Tuple.of(app),
                        row -> open(row.getBuffer("ciphertext")))
                .map(found -> found.orElseGet(TreeMap::new));
    }

    /** The config vars of one release; fails with 404 once it is gone. */
    public Future<Map<String, String>> ofRelease(UUID release) {
        String sql = "select c.ciphertext from api.releases r join api.configs c on c.id = r.config_id where r.id = $1";
        return database.first(sql, Tuple.of(release), row -> open(row.getBuffer("ciphertext")))
                .map(found -> found.orElseThrow(() -> ApiException.notFound("release")));
    }

    /** Inside a transaction. */
    public Future<UUID> insert(SqlClient client, UUID app, Map<String, String> vars) {
        return Database.first(
                        client,
                        """
                        insert into api.configs (app_id, ciphertext, error_page_url, maintenance_page_url)
                        values ($1, $2, $3, $4) returning id
                        """,
                        Tuple.of(app, seal(vars), vars.get("ERROR_PAGE_URL"), vars.get("MAINTENANCE_PAGE_URL")),
                        row -> row.getUUID("id"))
                .map(id -> id.orElseThrow());
    }

    public Buffer seal(Map<String, String> vars) {
        return Buffer.buffer(keys.encrypt(PURPOSE, Json.write(vars).getBytes()));
    }

    public Map<String, String> open(Buffer sealed) {
        Map<String, String> vars = new TreeMap<>();
        Map<?, ?> read = Json.read(Buffer.buffer(keys.decrypt(PURPOSE, sealed.getBytes())), Map.class);
        read.forEach((name, value) -> vars.put(String.valueOf(name), String.valueOf(value)));
        return vars;
    }
}
