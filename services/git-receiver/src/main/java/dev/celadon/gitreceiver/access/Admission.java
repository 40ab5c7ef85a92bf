package dev.celadon.gitreceiver.access;

import dev.celadon.gitreceiver.domain.App;
import dev.celadon.gitreceiver.domain.Pusher;
import dev.celadon.gitreceiver.store.Accounts;
import dev.celadon.gitreceiver.store.RequestBudget;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may talk about which app, and how often: the same answers at every door. Futures fail with a {@link Refusal}. */
public final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private final Accounts accounts;
    private final RequestBudget budget;

    public Admission(Accounts accounts, RequestBudget budget) {
        this.accounts = accounts;
        this.budget = budget;
    }

    public Future<Pusher> byToken(Optional<String> token) {
        if (token.isEmpty()) {
            return Future.failedFuture(new Refusal(401, "Log in with your API token as the password."));
        }
        return accounts.byToken(token.get())
                .compose(found -> orRefuse(
                        found, new Refusal(401, "Invalid credentials provided: this API token is not known.")));
    }

    /** @param fingerprint of the SSH key that the client proved to have */
    public Future<Pusher> byKey(String fingerprint) {
        return accounts.byKey(fingerprint)
                .compose(found -> orRefuse(found, new Refusal(401, "This SSH key is not registered.")));
    }

    public Future<App> toApp(String appName, Pusher pusher) {
        return accounts.app(appName, pusher.accountId())
                .compose(found -> orRefuse(found, new Refusal(404, "Couldn't find that app.")));
    }

    /** Counts a request of the app. */
    public Future<App> counted(App app) {
        return budget.take(app.id()).compose(isLeft -> isLeft ? Future.succeededFuture(app) : tooMany());
    }

    /** Whether a request of the app could be counted now. */
    public Future<App> countable(App app) {
        return budget.isLeft(app.id()).compose(isLeft -> isLeft ? Future.succeededFuture(app) : tooMany());
    }

    /** What the user is told, also when the store could not be asked. */
    public static Refusal refusalFor(Throwable cause) {
        if (cause instanceof Refusal refusal) {
            return refusal;
        }
        log.atWarn().addKeyValue("reason", cause.getMessage()).log("git-request-undecided");
        return new Refusal(503, "The platform cannot check your access right now, try again.");
    }

    private <T> Future<T> tooMany() {
        return Future.failedFuture(new Refusal(
                429, "This app had its " + budget.perHour() + " git requests of the last hour, try again later."));
    }

    private static <T> Future<T> orRefuse(Optional<T> found, Refusal refusal) {
        return found.map(Future::succeededFuture).orElseGet(() -> Future.failedFuture(refusal));
    }
}
