package dev.celadon.api.domains;

import dev.celadon.runtime.Database;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The account that an ACME server knows this platform by, and the challenges it may ask a router for. */
public final class AcmeStore {
    private static final String PURPOSE = "acme-account-key";

    private final Database database;
    private final SecretKeys keys;

    public AcmeStore(Database database, SecretKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    /** The account's key of before, or this one from now on: one per directory, whoever comes first. */
    Future<String> accountKey(String directory, String fresh) {
        Buffer sealed = Buffer.buffer(keys.encrypt(PURPOSE, fresh.getBytes(StandardCharsets.UTF_8)));
        return database.execute(
                        "insert into api.acme_accounts (directory, key_ciphertext) values ($1, $2) on conflict do nothing",
                        Tuple.of(directory, sealed))
                .compose(done -> database.first(
                        "select key_ciphertext from api.acme_accounts where directory = $1",
                        Tuple.of(directory),
                        row -> row.getBuffer("key_ciphertext").getBytes()))
                .map(found -> new String(keys.decrypt(PURPOSE, found.orElseThrow()), StandardCharsets.UTF_8));
    }

    /** Also forgets those that nobody asks for any more. */
    Future<Integer> offer(String token, String hostname, String answer) {
        return database.execute(
                        "delete from api.acme_challenges where created_at < now() - interval '1 day'", Tuple.tuple())
                .compose(done -> database.execute("""
                        insert into api.acme_challenges (token, hostname, answer) values ($1, $2, $3)
                        on conflict (token) do update set answer = excluded.answer, hostname = excluded.hostname
                        """, Tuple.of(token, hostname, answer)));
    }

    Future<Integer> withdraw(String hostname) {
        return database.execute("delete from api.acme_challenges where hostname = $1", Tuple.of(hostname));
    }

    /** What a router answers for {@code /.well-known/acme-challenge/<token>} (RFC 8555 section 8.3). */
    public Future<Optional<String>> answer(String token, String hostname) {
        return database.first(
                "select answer from api.acme_challenges where token = $1 and hostname = $2",
                Tuple.of(token, hostname),
                row -> row.getString("answer"));
    }
}
