package dev.celadon.api.accounts;

import dev.celadon.api.domain.Credentials;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Caller;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.RateLimits;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.contract.ErrorId;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Logging in with a browser: a client asks ({@code POST /auth}), a person logs in at {@code /cli/browser/:id}, and the
 * client, which polls {@code /auth/:id}, is handed a token of its own.
 */
public final class BrowserLogin {
    private static final Duration POLL = Duration.ofSeconds(50);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration TOKEN_LIFE = Duration.ofDays(30);
    private static final String PURPOSE = "browser-login";
    private static final String FRESH = " and created_at > now() - interval '10 minutes'";

    private final Vertx vertx;
    private final Database database;
    private final SecretKeys keys;
    private final Admission admission;
    private final Authorizations authorizations;
    private final RateLimits attempts;

    public BrowserLogin(
            Vertx vertx,
            Database database,
            SecretKeys keys,
            Admission admission,
            Authorizations authorizations,
            RateLimits attempts) {
        this.vertx = vertx;
        this.database = database;
        this.keys = keys;
        this.admission = admission;
        this.authorizations = authorizations;
        this.attempts = attempts;
    }

    public void mount(Endpoints endpoints) {
        endpoints.open(HttpMethod.POST, "/auth", this::begin);
        endpoints.open(HttpMethod.GET, "/auth/:login", this::poll);
        endpoints.raw(HttpMethod.GET, "/cli/browser/:login", this::page);
        endpoints.form(HttpMethod.POST, "/cli/browser/:login", this::submit);
    }

    private Future<Answer> begin(Request request) {
        if (!attempts.take(request.context().request().remoteAddress().hostAddress())) {
            throw new ApiException(ErrorId.RATE_LIMIT, "Too many logins were begun from your address.");
        }
        String secret = Secrets.fresh();
        String description = request.body().text("description").orElse("Command line");
        return database.execute("delete from api.logins where created_at < now() - interval '1 hour'", Tuple.tuple())
                .compose(old -> database.first(
                        "insert into api.logins (poll_hash, description) values ($1, $2) returning id",
                        Tuple.of(Secrets.hash(secret), description),
                        row -> row.getUUID("id").toString()))
                .map(id -> Answer.created(Representation.object()
                        .put("browser_url", "/cli/browser/" + id.orElseThrow())
                        .put("cli_url", "/auth/" + id.orElseThrow())
                        .put("token", secret)));
    }

    /** Answers when the person is done, or with 503 after a while, for the client to ask again. */
    private Future<Answer> poll(Request request) {
        String secret =
                Credentials.parse(request.header("Authorization").orElse("")).secret();
        Promise<Answer> answer = Promise.promise();
        look(request.id("login"), Secrets.hash(secret), POLL.dividedBy(LOOK), answer);
        return answer.future();
    }

    private void look(UUID login, Buffer pollHash, long looksLeft, Promise<Answer> answer) {
        String sql = "select token_ciphertext from api.logins where id = $1 and poll_hash = $2" + FRESH;
        database.list(sql, Tuple.of(login, pollHash), row -> Optional.ofNullable(row.getBuffer("token_ciphertext")))
                .onFailure(answer::tryFail)
                .onSuccess(rows -> {
                    if (rows.isEmpty()) {
                        answer.tryFail(ApiException.notFound("login"));
                    } else if (rows.get(0).isPresent()) {
                        hand(login, rows.get(0).get())
                                .onSuccess(answer::tryComplete)
                                .onFailure(answer::tryFail);
                    } else if (looksLeft <= 0) {
                        answer.tryFail(new ApiException(ErrorId.SERVICE_UNAVAILABLE, "Nobody has logged in yet."));
                    } else {
                        vertx.setTimer(LOOK.toMillis(), tick -> look(login, pollHash, looksLeft - 1, answer));
                    }
                });
    }

    private Future<Answer> hand(UUID login, Buffer sealed) {
        String token = new String(keys.decrypt(PURPOSE, sealed.getBytes()), StandardCharsets.UTF_8);
        return database.execute("delete from api.logins where id = $1", Tuple.of(login))
                .map(done -> Answer.ok(Representation.object().put("access_token", token)));
    }

    private void page(RoutingContext context) {
        description(context)
                .onSuccess(found -> LoginPage.form(context, found, ""))
                .onFailure(
                        gone -> LoginPage.tell(context, 404, "This login is over. Begin again where you came from."));
    }

    private void submit(RoutingContext context) {
        String email = String.valueOf(context.request().getFormAttribute("email"));
        String password = String.valueOf(context.request().getFormAttribute("password"));
        description(context)
                .compose(described -> admission
                        .byPassword(new Credentials(Optional.of(email), password))
                        .compose(caller -> {
                            if (caller.isEmpty()) {
                                LoginPage.form(context, described, "E-mail or password is wrong.");
                                return Future.succeededFuture();
                            }
                            return finish(context, caller.get(), described)
                                    .onSuccess(done -> LoginPage.tell(
                                            context, 200, "You are logged in. You may close this page."));
                        }))
                .onFailure(cause -> LoginPage.tell(
                        context,
                        403,
                        cause instanceof ApiException told ? String.valueOf(told.getMessage()) : "This did not work."));
    }

    private Future<Integer> finish(RoutingContext context, Caller caller, String description) {
        return authorizations
                .issue(caller.accountId(), description, List.of("global"), TOKEN_LIFE)
                .compose(token -> database.execute(
                        "update api.logins set token_ciphertext = $2 where id = $1 and token_ciphertext is null"
                                + FRESH,
                        Tuple.of(
                                login(context),
                                Buffer.buffer(keys.encrypt(PURPOSE, token.getBytes(StandardCharsets.UTF_8))))));
    }

    private Future<String> description(RoutingContext context) {
        return database.first(
                        "select description from api.logins where id = $1 and token_ciphertext is null" + FRESH,
                        Tuple.of(login(context)),
                        row -> row.getString("description"))
                .map(found -> found.orElseThrow(() -> ApiException.notFound("login")));
    }

    private static UUID login(RoutingContext context) {
        return Request.idOf(context.pathParam("login")).orElse(Caller.NOBODY);
    }
}
