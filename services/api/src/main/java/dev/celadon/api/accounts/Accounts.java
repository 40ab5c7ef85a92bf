package dev.celadon.api.accounts;

import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Caller;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Accounts, and who a token or a password speaks for. */
public final class Accounts {
    private static final String SELECT =
            "select id, email, name, is_admin, password_hash, created_at, updated_at, last_login from api.accounts";

    private final Vertx vertx;
    private final Database database;
    private final Passwords passwords;

    public Accounts(Vertx vertx, Database database, Passwords passwords) {
        this.vertx = vertx;
        this.database = database;
        this.passwords = passwords;
    }

    /** An account as its row has it. */
    public record Account(
            UUID id,
            String email,
            @Nullable String name,
            boolean isAdmin,
            @Nullable String passwordHash,
            OffsetDateTime createdAt,
            OffsetDateTime updatedAt,
            @Nullable OffsetDateTime lastLogin) {}

    /** Asked on every request, so that a revoked token is refused from that moment on. */
    public Future<Optional<Caller>> byToken(String token) {
        return byTokenHash(List.of(Secrets.hash(token)))
                .map(callers -> callers.values().stream().findFirst());
    }

    /** Who the tokens of these hashes speak for; unknown and expired ones are absent. */
    Future<Map<Buffer, Caller>> byTokenHash(List<Buffer> hashes) {
        String sql = """
                select t.token_hash, t.token_id, t.scope, a.id as account_id, a.email, a.is_admin
                from api.tokens t join api.accounts a on a.id = t.account_id
                where t.token_hash = any($1) and (t.expires_at is null or t.expires_at > now())
                """;
        return database.map(
                sql,
                Tuple.tuple().addArrayOfBuffer(hashes.toArray(Buffer[]::new)),
                row -> row.getBuffer("token_hash"),
                row -> new Caller(
                        row.getUUID("account_id"),
                        row.getString("email"),
                        row.getBoolean("is_admin"),
                        row.getUUID("token_id"),
                        List.of(row.getArrayOfStrings("scope"))));
    }

    public Future<Optional<Caller>> byPassword(String email, String password) {
        return byEmail(email)
                .compose(found -> passwords
                        .isRight(password, found.map(Account::passwordHash).orElse(null))
                        .compose(isRight -> {
                            if (!isRight || found.isEmpty()) {
                                return Future.succeededFuture(Optional.empty());
                            }
                            Account account = found.get();
                            Caller caller = new Caller(
                                    account.id(), account.email(), account.isAdmin(), Caller.NOBODY, List.of("global"));
                            return database.execute(
                                            "update api.accounts set last_login = now() where id = $1",
                                            Tuple.of(account.id()))
                                    .map(Optional.of(caller));
                        }));
    }

    public Future<Account> get(UUID id) {
        return database.first(SELECT + " where id = $1", Tuple.of(id), Accounts::account)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("account")));
    }

    public Future<Optional<Account>> byEmail(String email) {
        String sql = SELECT + " where lower(email) = lower($1)";
        return database.first(sql, Tuple.of(email), Accounts::account);
    }

    /** By e-mail or id; {@code ~} is the caller. */
    public Future<Account> find(String emailOrId, Caller caller) {
        String asked = emailOrId.equals("~") ? caller.accountId().toString() : emailOrId;
        return database.first(
                        SELECT + " where lower(email) = lower($1) or id::text = lower($1)",
                        Tuple.of(asked),
                        Accounts::account)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("account")));
    }

    /** @param passwordHash null for an account that works with tokens only */
    public Future<Account> create(String email, @Nullable String name, @Nullable String passwordHash, boolean isAdmin) {
        String sql = """
                insert into api.accounts (email, name, password_hash, is_admin) values ($1, $2, $3, $4)
                returning id, email, name, is_admin, password_hash, created_at, updated_at, last_login
                """;
        return database.first(
                        sql, Tuple.of(email.toLowerCase(Locale.ROOT), name, passwordHash, isAdmin), Accounts::account)
                .map(made -> made.orElseThrow())
                .recover(cause -> Future.failedFuture(
                        Database.isUniqueViolation(cause)
                                ? ApiException.invalid("Email " + email + " is already taken.")
                                : cause));
    }

    public Future<Account> update(UUID id, @Nullable String name, @Nullable String passwordHash) {
        String sql = """
                update api.accounts
                set name = $2, password_hash = coalesce($3, password_hash), updated_at = now() where id = $1
                """;
        return database.execute(sql, Tuple.of(id, name, passwordHash)).compose(done -> get(id));
    }

    public Future<Integer> delete(UUID id) {
        return database.execute("delete from api.accounts where id = $1", Tuple.of(id));
    }

    /** The operator's token of the file, made with the first account when there is none that works. */
    public Future<String> operatorToken(Path file, String email) {
        return vertx.executeBlocking(
                        () -> Files.exists(file) ? Files.readString(file).strip() : "", false)
                .compose(kept -> byToken(kept)
                        .compose(caller ->
                                caller.isPresent() ? Future.succeededFuture(kept) : newOperator(file, email)));
    }

    /** The first account, with the operator's password if one is set. */
    public Future<UUID> ensureOperator(String email, Optional<String> password) {
        String sql = """
                insert into api.accounts (email, is_admin) values ($1, true)
                on conflict (email) do update set is_admin = true returning id, password_hash
                """;
        return database.first(sql, Tuple.of(email.toLowerCase(Locale.ROOT)), row -> row)
                .map(row -> row.orElseThrow())
                .compose(row -> {
                    UUID id = row.getUUID("id");
                    if (password.isEmpty()) {
                        return Future.succeededFuture(id);
                    }
                    return passwords
                            .isRight(password.get(), row.getString("password_hash"))
                            .compose(isRight -> isRight
                                    ? Future.succeededFuture(id)
                                    : passwords
                                            .hash(password.get())
                                            .compose(hash -> database.execute(
                                                    "update api.accounts set password_hash = $2 where id = $1",
                                                    Tuple.of(id, hash)))
                                            .map(id));
                });
    }

    private Future<String> newOperator(Path file, String email) {
        String token = Secrets.fresh();
        return ensureOperator(email, Optional.empty())
                .compose(id -> database.execute(
                        "insert into api.tokens (account_id, token_hash, hint, description) values ($1, $2, $3, 'operator')",
                        Tuple.of(id, Secrets.hash(token), Secrets.hint(token))))
                .compose(done -> vertx.executeBlocking(
                        () -> {
                            SecretKeys.writeOwnerOnly(file, token);
                            return token;
                        },
                        false));
    }

    private static Account account(Row row) {
        return new Account(
                row.getUUID("id"),
                row.getString("email"),
                row.getString("name"),
                row.getBoolean("is_admin"),
                row.getString("password_hash"),
                row.getOffsetDateTime("created_at"),
                row.getOffsetDateTime("updated_at"),
                row.getOffsetDateTime("last_login"));
    }
}
