package dev.celadon.api.accounts;

import dev.celadon.api.http.Caller;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/** Accounts and their tokens; of a token the store knows the hash only. */
public final class Accounts {
    private static final int TOKEN_BYTES = 32;

    private final Vertx vertx;
    private final Database database;
    private final SecureRandom random = new SecureRandom();

    public Accounts(Vertx vertx, Database database) {
        this.vertx = vertx;
        this.database = database;
    }

    public Future<Optional<Caller>> find(String token) {
        String sql = "select account_id, email from api.v_tokens where token_hash = $1";
        return database.first(
                sql, Tuple.of(hash(token)), row -> new Caller(row.getUUID("account_id"), row.getString("email")));
    }

    /** The operator's token of the file, made with the first account when there is none that works. */
    public Future<String> operatorToken(Path file, String email) {
        return vertx.executeBlocking(
                        () -> Files.exists(file) ? Files.readString(file).strip() : "", false)
                .compose(kept -> find(kept)
                        .compose(caller ->
                                caller.isPresent() ? Future.succeededFuture(kept) : newOperator(file, email)));
    }

    private Future<String> newOperator(Path file, String email) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = HexFormat.of().formatHex(bytes);
        String account = """
                insert into api.accounts (email) values ($1)
                on conflict (email) do update set email = excluded.email returning id
                """;
        return database.first(account, Tuple.of(email), row -> row.getUUID("id"))
                .compose(id -> database.execute(
                        "insert into api.tokens (account_id, token_hash, description) values ($1, $2, 'operator')",
                        Tuple.of(id.orElseGet(UUID::randomUUID), hash(token))))
                .compose(done -> vertx.executeBlocking(
                        () -> {
                            SecretKeys.writeOwnerOnly(file, token);
                            return token;
                        },
                        false));
    }

    private static Buffer hash(String token) {
        try {
            return Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
