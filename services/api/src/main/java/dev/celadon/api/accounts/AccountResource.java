package dev.celadon.api.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.accounts.Accounts.Account;
import dev.celadon.api.domain.Scope;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.pgclient.PgException;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /account}, {@code /users/~}, and the operator's {@code /accounts}. */
public final class AccountResource {
    private static final Pattern EMAIL = Pattern.compile("[^@\\s:<>\"]{1,64}@[^@\\s:<>\"]{1,190}");
    private static final String STILL_OWNS = "23503";

    private final Accounts accounts;
    private final Passwords passwords;
    private final Admission admission;

    public AccountResource(Accounts accounts, Passwords passwords, Admission admission) {
        this.accounts = accounts;
        this.passwords = passwords;
        this.admission = admission;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.GET, "/account/rate-limits", Scope.IDENTITY, this::rateLimit);
        endpoints.add(HttpMethod.GET, "/account", Scope.IDENTITY, this::show);
        endpoints.add(HttpMethod.PATCH, "/account", Scope.GLOBAL, this::update);
        endpoints.add(HttpMethod.GET, "/users/:user", Scope.IDENTITY, this::showUser);
        endpoints.add(HttpMethod.POST, "/accounts", Scope.GLOBAL, this::create);
        endpoints.add(HttpMethod.DELETE, "/accounts/:account", Scope.GLOBAL, this::delete);
    }

    private Future<Answer> rateLimit(Request request) {
        return Future.succeededFuture(
                Answer.ok(Representation.object().put("remaining", admission.remaining(request.caller()))));
    }

    private Future<Answer> show(Request request) {
        return accounts.get(request.caller().accountId()).map(account -> Answer.ok(json(account)));
    }

    /** Nobody learns of accounts that are not his. */
    private Future<Answer> showUser(Request request) {
        return accounts.find(request.parameter("user"), request.caller()).map(account -> {
            if (!account.id().equals(request.caller().accountId())
                    && !request.caller().isAdmin()) {
                throw ApiException.notFound("account");
            }
            return Answer.ok(json(account));
        });
    }

    private Future<Answer> update(Request request) {
        return accounts.get(request.caller().accountId()).compose(account -> {
            String name =
                    request.body().has("name") ? request.body().text("name").orElse(null) : account.name();
            Optional<String> password = request.body().text("password").map(AccountResource::checkedPassword);
            return password.map(passwords::hash)
                    .orElseGet(() -> Future.succeededFuture())
                    .compose(hash -> accounts.update(account.id(), name, hash))
                    .map(updated -> Answer.ok(json(updated)));
        });
    }

    private Future<Answer> create(Request request) {
        requireAdmin(request);
        String email = request.body().required("email");
        if (!EMAIL.matcher(email).matches()) {
            throw ApiException.invalid("email: " + email + " (expected: an e-mail address)");
        }
        boolean isAdmin = request.body().flag("admin").orElse(false);
        return request.body()
                .text("password")
                .map(AccountResource::checkedPassword)
                .map(passwords::hash)
                .orElseGet(() -> Future.succeededFuture())
                .compose(hash ->
                        accounts.create(email, request.body().text("name").orElse(null), hash, isAdmin))
                .map(account -> Answer.created(json(account)));
    }

    private Future<Answer> delete(Request request) {
        requireAdmin(request);
        return accounts.find(request.parameter("account"), request.caller()).compose(account -> {
            if (account.id().equals(request.caller().accountId())) {
                throw ApiException.invalid("You cannot delete your own account.");
            }
            return accounts.delete(account.id())
                    .recover(cause -> Future.failedFuture(
                            cause instanceof PgException failed && STILL_OWNS.equals(failed.getSqlState())
                                    ? ApiException.conflict("Account " + account.email()
                                            + " still owns apps or pipelines; transfer or destroy them first.")
                                    : cause))
                    .map(done -> Answer.ok(json(account)));
        });
    }

    private static void requireAdmin(Request request) {
        if (!request.caller().isAdmin()) {
            throw ApiException.forbidden("Only an administrator of this platform may do that.");
        }
    }

    private static String checkedPassword(String password) {
        if (password.length() < Passwords.LEAST_LENGTH || password.length() > Passwords.MOST_LENGTH) {
            throw ApiException.invalid("password: " + password.length() + " characters (expected: "
                    + Passwords.LEAST_LENGTH + ".." + Passwords.MOST_LENGTH + ")");
        }
        return password;
    }

    private static ObjectNode json(Account account) {
        ObjectNode json = Representation.object()
                .put("id", account.id().toString())
                .put("email", account.email())
                .put("name", account.name());
        json.put("admin", account.isAdmin())
                .put("verified", true)
                .put("beta", false)
                .put("federated", false);
        json.put("allow_tracking", false)
                .put("two_factor_authentication", false)
                .put("mfa_enabled", false);
        json.put("eco_dynos_enabled", false).put("acknowledged_msa", true);
        json.putNull("identity_provider")
                .putNull("sms_number")
                .putNull("suspended_at")
                .putNull("delinquent_at");
        json.putNull("default_organization").putNull("default_team").putNull("country_of_residence");
        json.put("last_login", Representation.time(account.lastLogin()));
        json.put("created_at", Representation.time(account.createdAt()));
        return json.put("updated_at", Representation.time(account.updatedAt()));
    }
}
