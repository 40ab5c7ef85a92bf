package dev.celadon.gitreceiver.store;

import dev.celadon.gitreceiver.domain.App;
import dev.celadon.gitreceiver.domain.Pusher;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Who may push to what, as the API says in its views. */
public final class Accounts {
    private final Database database;

    public Accounts(Database database) {
        this.database = database;
    }

    public Future<Optional<Pusher>> byToken(String token) {
        String sql = "select account_id, email from api.v_tokens where token_hash = $1";
        return database.first(
                sql,
                Tuple.of(Buffer.buffer(sha256(token))),
                row -> new Pusher(row.getUUID("account_id"), row.getString("email")));
    }

    /** @param fingerprint {@code SHA256:} and Base64 without padding, as OpenSSH prints it */
    public Future<Optional<Pusher>> byKey(String fingerprint) {
        String sql = "select account_id, email from api.v_keys where fingerprint = $1";
        return database.first(
                sql, Tuple.of(fingerprint), row -> new Pusher(row.getUUID("account_id"), row.getString("email")));
    }

    /** Absent when there is no such app as when the account has no access: which of them is nobody's business. */
    public Future<Optional<App>> app(String name, UUID accountId) {
        String sql = """
                select a.id, a.name, a.web_url from api.v_apps a
                where a.name = $1
                  and exists (select 1 from api.v_app_access x where x.app_id = a.id and x.account_id = $2)
                """;
        return database.first(
                sql,
                Tuple.of(name, accountId),
                row -> new App(row.getUUID("id"), row.getString("name"), row.getString("web_url")));
    }

    /** Every app there is, for the sweep. */
    public Future<List<UUID>> appIds() {
        return database.list("select id from api.v_apps", Tuple.tuple(), row -> row.getUUID("id"));
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
