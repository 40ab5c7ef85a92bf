package dev.celadon.compiler.store;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.celadon.compiler.domain.App;
import dev.celadon.compiler.domain.BuildVariables;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** What the compiler reads of apps, which api owns, through its views. */
public final class AppReads {
    private static final String PURPOSE = "config-vars";

    private final Database database;
    private final SecretKeys keys;

    public AppReads(Database database, SecretKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    public Future<Optional<App>> app(UUID appId) {
        return database.first(
                "select id, name, stack from api.v_apps where id = $1",
                Tuple.of(appId),
                row -> new App(row.getUUID("id"), row.getString("name"), row.getString("stack")));
    }

    public Future<Set<UUID>> appIds() {
        return database.list("select id from api.v_apps", Tuple.tuple(), row -> row.getUUID("id"))
                .map(ids -> ids.stream().collect(Collectors.toUnmodifiableSet()));
    }

    /** The URLs of the buildpacks that the app is set to, in their order. */
    public Future<List<String>> buildpacks(UUID appId) {
        return database.list(
                "select url from api.v_buildpacks where app_id = $1 order by ordinal",
                Tuple.of(appId),
                row -> row.getString("url"));
    }

    /** The config vars a build sees; none when the app has none. */
    public Future<Map<String, String>> buildVariables(UUID appId) {
        return database.first(
                        "select ciphertext from api.v_config_vars where app_id = $1",
                        Tuple.of(appId),
                        row -> row.getBuffer("ciphertext").getBytes())
                .map(found -> found.map(this::decrypted).orElse(Map.of()))
                .map(BuildVariables::files);
    }

    private Map<String, String> decrypted(byte[] ciphertext) {
        try {
            return Json.mapper().readValue(keys.decrypt(PURPOSE, ciphertext), new TypeReference<>() {});
        } catch (IOException malformed) {
            // Without the cause: its message would quote the values.
            throw new IllegalStateException("config vars are not a JSON object of strings");
        }
    }
}
