package dev.celadon.api.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.domain.Scope;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Caller;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.contract.AccessEnded;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** {@code /oauth/authorizations}: tokens with scopes and an end. The token itself is shown once, when it is made. */
public final class Authorizations {
    private static final String SELECT = """
            select t.id, t.token_id, t.description, t.scope, t.hint, t.expires_at, t.created_at, t.updated_at,
                   a.id as account_id, a.email, a.name
            from api.tokens t join api.accounts a on a.id = t.account_id
            where t.account_id = $1 and (t.expires_at is null or t.expires_at > now())
            """;

    private final Database database;
    private final Bus bus;
    private final Clock clock;

    public Authorizations(Database database, Bus bus, Clock clock) {
        this.database = database;
        this.bus = bus;
        this.clock = clock;
    }

    public void mount(Endpoints endpoints) {
        String one = "/oauth/authorizations/:authorization";
        endpoints.add(HttpMethod.POST, "/oauth/authorizations", Scope.GLOBAL, this::create);
        endpoints.add(HttpMethod.GET, "/oauth/authorizations", Scope.GLOBAL, this::list);
        endpoints.add(HttpMethod.GET, one, Scope.GLOBAL, this::show);
        endpoints.add(HttpMethod.PATCH, one, Scope.GLOBAL, this::update);
        endpoints.add(HttpMethod.DELETE, one, Scope.GLOBAL, this::delete);
        endpoints.add(HttpMethod.POST, one + "/actions/regenerate-tokens", Scope.GLOBAL, this::regenerate);
        endpoints.add(HttpMethod.DELETE, "/oauth/sessions/~", Scope.IDENTITY, request -> {
            // Sessions are of browsers logged in for good; here nobody is.
            throw ApiException.notFound("session");
        });
    }

    /** A new token of the account; the token is the answer's and nobody keeps it. */
    public Future<String> issue(UUID account, String description, List<String> scope, Duration life) {
        String token = Secrets.fresh();
        OffsetDateTime end = life.isZero() ? null : clock.instant().plus(life).atOffset(java.time.ZoneOffset.UTC);
        return database.execute(
                        """
                        insert into api.tokens (account_id, token_hash, hint, description, scope, expires_at)
                        values ($1, $2, $3, $4, $5, $6)
                        """,
                        Tuple.of(account, Secrets.hash(token), Secrets.hint(token), description)
                                .addArrayOfString(scope.toArray(String[]::new))
                                .addOffsetDateTime(end))
                .map(token);
    }

    private Future<Answer> create(Request request) {
        List<String> scope =
                request.body().texts("scope").filter(words -> !words.isEmpty()).orElse(List.of("global"));
        scope.stream().filter(word -> Scope.of(word).isEmpty()).findFirst().ifPresent(word -> {
            throw ApiException.invalid(
                    "scope: " + word + " (expected: global, identity, read, write, read-protected or write-protected)");
        });
        Duration life = Duration.ofSeconds(request.body()
                .number("expires_in")
                .map(Authorizations::positive)
                .orElse(0));
        String description = request.body().text("description").orElse("Long-lived user authorization");
        return issue(request.caller().accountId(), description, scope, life)
                .compose(token -> byHash(token, request.caller()).map(json -> shown(json, token)))
                .map(Answer::created);
    }

    private Future<Answer> list(Request request) {
        return database.list(
                        SELECT + " order by t.created_at",
                        Tuple.of(request.caller().accountId()),
                        this::json)
                .map(found -> Answer.list(found, "id", "created_at"));
    }

    private Future<Answer> show(Request request) {
        return find(request).map(Answer::ok);
    }

    private Future<Answer> update(Request request) {
        return find(request)
                .compose(found -> database.execute(
                        "update api.tokens set description = coalesce($2, description), updated_at = now() where id = $1",
                        Tuple.of(
                                UUID.fromString(found.get("id").asText()),
                                request.body().text("description").orElse(null))))
                .compose(done -> show(request));
    }

    private Future<Answer> delete(Request request) {
        return find(request)
                .compose(found -> database.execute(
                                "delete from api.tokens where id = $1",
                                Tuple.of(UUID.fromString(found.get("id").asText())))
                        .onSuccess(done -> bus.publish(Topic.ACCESS_ENDED, new AccessEnded()))
                        .map(done -> Answer.ok(found)));
    }

    /** The old token ends in the moment the new one begins. */
    private Future<Answer> regenerate(Request request) {
        String token = Secrets.fresh();
        return find(request)
                .compose(found -> database.execute(
                        """
                        update api.tokens set token_hash = $2, hint = $3, token_id = gen_random_uuid(), updated_at = now()
                        where id = $1
                        """,
                        Tuple.of(UUID.fromString(found.get("id").asText()), Secrets.hash(token), Secrets.hint(token))))
                .onSuccess(done -> bus.publish(Topic.ACCESS_ENDED, new AccessEnded()))
                .compose(done -> find(request))
                .map(json -> Answer.created(shown(json, token)));
    }

    private Future<ObjectNode> find(Request request) {
        // Not "~": that is an account's default token, which there is none of. A client that logs out asks for it, so
        // as
        // not to revoke it.
        return database.first(
                        SELECT + " and t.id = $2",
                        Tuple.of(request.caller().accountId(), request.id("authorization")),
                        this::json)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("authorization")));
    }

    private Future<ObjectNode> byHash(String token, Caller caller) {
        String sql = SELECT + " and t.token_hash = $2";
        return database.first(sql, Tuple.of(caller.accountId(), Secrets.hash(token)), this::json)
                .map(found -> found.orElseThrow());
    }

    private static int positive(int seconds) {
        if (seconds <= 0) {
            throw ApiException.invalid("expires_in: " + seconds + " (expected: seconds, more than 0)");
        }
        return seconds;
    }

    private static ObjectNode shown(ObjectNode json, String token) {
        ((ObjectNode) json.get("access_token")).put("token", token);
        return json;
    }

    private ObjectNode json(Row row) {
        ObjectNode json = Representation.object()
                .put("id", row.getUUID("id").toString())
                .put("description", row.getString("description"));
        OffsetDateTime end = row.getOffsetDateTime("expires_at");
        ObjectNode token = json.putObject("access_token")
                .put("id", row.getUUID("token_id").toString())
                .put("token", row.getString("hint"));
        if (end == null) {
            token.putNull("expires_in");
        } else {
            token.put("expires_in", (int)
                    Duration.between(clock.instant(), end.toInstant()).toSeconds());
        }
        json.putNull("client").putNull("grant").putNull("refresh_token").putNull("session");
        for (String word : row.getArrayOfStrings("scope")) {
            json.withArray("scope").add(word);
        }
        json.putObject("user")
                .put("id", row.getUUID("account_id").toString())
                .put("email", row.getString("email"))
                .put("full_name", row.getString("name"));
        json.put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
        return json.put("updated_at", Representation.time(row.getOffsetDateTime("updated_at")));
    }
}
