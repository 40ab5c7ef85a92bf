package dev.celadon.api.accounts;

import dev.celadon.api.domain.Credentials;
import dev.celadon.api.domain.Scope;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Caller;
import dev.celadon.api.http.RateLimits;
import dev.celadon.contract.ErrorId;
import dev.celadon.runtime.Lookups;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Optional;

/** Who may come in: a token with the needed scope and requests left; a password where tokens are handed out. */
public final class Admission {
    private static final String TOKENS = "/oauth/authorizations";
    private static final String RATE_LIMITS = "/account/rate-limits";

    private final Accounts accounts;
    private final Lookups<Buffer, Caller> tokens;
    private final RateLimits requests;
    private final RateLimits passwordAttempts;

    public Admission(Accounts accounts, RateLimits requests, RateLimits passwordAttempts) {
        this.accounts = accounts;
        this.tokens = new Lookups<>(accounts::byTokenHash);
        this.requests = requests;
        this.passwordAttempts = passwordAttempts;
    }

    public Future<Caller> admit(RoutingContext context, Scope needed) {
        Credentials credentials = Credentials.parse(context.request().getHeader("Authorization"));
        return tokens.find(Secrets.hash(credentials.secret()))
                .compose(caller -> caller.isEmpty() && takesPasswords(context)
                        ? byPassword(credentials)
                        : Future.succeededFuture(caller))
                .map(found -> {
                    Caller caller = found.orElseThrow(
                            () -> new ApiException(ErrorId.UNAUTHORIZED, "Invalid credentials provided."));
                    limit(context, caller);
                    if (!needed.isWithin(caller.scopes())) {
                        throw ApiException.forbidden("This token's scope is " + String.join(", ", caller.scopes())
                                + "; this needs " + needed.word() + ".");
                    }
                    return caller;
                });
    }

    /** E-mail and password as Basic credentials; attempts on one account are limited. */
    public Future<Optional<Caller>> byPassword(Credentials credentials) {
        if (credentials.user().isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        String email = credentials.user().get();
        if (!passwordAttempts.take(email.toLowerCase(Locale.ROOT))) {
            return Future.failedFuture(new ApiException(
                    ErrorId.RATE_LIMIT, "Too many attempts to log in to this account; try again in a while."));
        }
        return accounts.byPassword(email, credentials.secret());
    }

    public int remaining(Caller caller) {
        return requests.remaining(caller.accountId());
    }

    private void limit(RoutingContext context, Caller caller) {
        boolean isFree = context.request().path().equals(RATE_LIMITS);
        boolean isTaken = isFree || requests.take(caller.accountId());
        context.response().putHeader("RateLimit-Remaining", Integer.toString(requests.remaining(caller.accountId())));
        if (!isTaken) {
            throw new ApiException(
                    ErrorId.RATE_LIMIT, "Your account reached the API rate limit; try again in a while.");
        }
    }

    private static boolean takesPasswords(RoutingContext context) {
        return context.request().method().equals(HttpMethod.POST)
                && context.request().path().equals(TOKENS);
    }
}
