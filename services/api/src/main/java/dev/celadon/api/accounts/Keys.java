package dev.celadon.api.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.domain.PublicKey;
import dev.celadon.api.domain.Scope;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;

/** {@code /account/keys}: the SSH keys an account pushes with; a key belongs to one account. */
public final class Keys {
    private static final String SELECT = """
            select k.id, k.public_key, k.comment, k.fingerprint, k.created_at, a.email
            from api.keys k join api.accounts a on a.id = k.account_id where k.account_id = $1
            """;

    private final Database database;

    public Keys(Database database) {
        this.database = database;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.GET, "/account/keys", Scope.READ, this::list);
        endpoints.add(HttpMethod.POST, "/account/keys", Scope.GLOBAL, this::add);
        endpoints.add(
                HttpMethod.GET,
                "/account/keys/:key",
                Scope.READ,
                request -> find(request).map(Answer::ok));
        endpoints.add(HttpMethod.DELETE, "/account/keys/:key", Scope.GLOBAL, this::remove);
    }

    private Future<Answer> list(Request request) {
        return database.list(
                        SELECT + " order by k.created_at",
                        Tuple.of(request.caller().accountId()),
                        Keys::json)
                .map(keys -> Answer.list(keys, "id", "created_at"));
    }

    private Future<Answer> add(Request request) {
        PublicKey key = PublicKey.parse(request.body().required("public_key"))
                .orElseThrow(
                        () -> ApiException.invalid("public_key: not an SSH public key (expected: ssh-ed25519 AAAA…)"));
        return database.first(
                        """
                        insert into api.keys (account_id, public_key, comment, fingerprint) values ($1, $2, $3, $4)
                        returning id, public_key, comment, fingerprint, created_at, $5::text as email
                        """,
                        Tuple.of(request.caller().accountId(), key.text(), key.comment(), key.fingerprint())
                                .addString(request.caller().email()),
                        Keys::json)
                .recover(cause -> Future.failedFuture(
                        Database.isUniqueViolation(cause)
                                ? ApiException.invalid("Key " + key.fingerprint() + " is already in use.")
                                : cause))
                .map(made -> Answer.created(made.orElseThrow()));
    }

    private Future<Answer> remove(Request request) {
        return find(request)
                .compose(key -> database.execute(
                                "delete from api.keys where id = $1",
                                Tuple.of(java.util.UUID.fromString(key.get("id").asText())))
                        .map(done -> Answer.ok(key)));
    }

    private Future<ObjectNode> find(Request request) {
        return database.first(
                        SELECT + " and (k.id = $2 or k.fingerprint = $3)",
                        Tuple.of(request.caller().accountId(), request.id("key"), request.parameter("key")),
                        Keys::json)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("key")));
    }

    private static ObjectNode json(Row row) {
        String time = Representation.time(row.getOffsetDateTime("created_at"));
        return Representation.object()
                .put("id", row.getUUID("id").toString())
                .put("email", row.getString("email"))
                .put("comment", row.getString("comment"))
                .put("fingerprint", row.getString("fingerprint"))
                .put("public_key", row.getString("public_key"))
                .put("created_at", time)
                .put("updated_at", time);
    }
}
