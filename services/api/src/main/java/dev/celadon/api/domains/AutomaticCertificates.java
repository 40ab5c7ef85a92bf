package dev.celadon.api.domains;

import dev.celadon.api.apps.App;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates without a person: each custom domain of an app that wants it gets one, and the next before it expires. The
 * old one serves until the new one is there; a failure says why and is tried again, later each time.
 */
public final class AutomaticCertificates {
    private static final Logger log = LoggerFactory.getLogger(AutomaticCertificates.class);
    private static final Duration LEASE = Duration.ofMinutes(10);
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final Database database;
    private final CertificateStore store;
    private final CertificateOrders orders;
    private final CertificateAuthority authority;
    private final AppLog appLog;
    private final Duration firstRetry;
    private boolean isWorking;
    private boolean isHinted;

    /**
     * @param server who is asked by ACME; the platform's own authority signs when there is none
     * @param firstRetry after a failure; doubled with each further one, up to a day
     */
    public AutomaticCertificates(
            Platform platform,
            CertificateStore store,
            AcmeStore acme,
            Optional<AcmeServer> server,
            Duration firstRetry) {
        this.database = platform.database();
        this.store = store;
        this.orders = new CertificateOrders(database);
        this.authority = server.<CertificateAuthority>map(asked -> new AcmeAuthority(platform.vertx(), acme, asked))
                .orElseGet(() -> new OwnAuthority(platform.vertx(), platform.ca()));
        this.appLog = platform.appLog();
        this.firstRetry = firstRetry;
    }

    /** Turns them on (tries again at once, where they were on) or off. */
    Future<Void> automate(App app, boolean isOn) {
        return database.execute("update api.apps set acm = $2 where id = $1", Tuple.of(app.id(), isOn))
                .compose(done -> orders.follow(app))
                .compose(done -> orders.hasten(app))
                .onSuccess(done -> look())
                .mapEmpty();
    }

    /** After the app's domains, or what they are bound to, changed. */
    Future<Void> follow(App app) {
        return orders.follow(app).onSuccess(done -> {
            store.changed();
            look();
        });
    }

    /** Called every moment: works off what is due, one order after the other. */
    public void look() {
        isHinted = true;
        if (!isWorking) {
            isWorking = true;
            isHinted = false;
            workOff()
                    .onFailure(cause -> log.atWarn()
                            .addKeyValue("reason", cause.getMessage())
                            .log("certificates-unknown"))
                    .onComplete(done -> {
                        isWorking = false;
                        if (isHinted && done.succeeded()) {
                            look();
                        }
                    });
        }
    }

    public void close() {
        authority.close();
    }

    private Future<Void> workOff() {
        return orders.claim(LEASE)
                .compose(due -> due.isEmpty()
                        ? Future.succeededFuture()
                        : serve(due.get()).compose(done -> workOff()));
    }

    private Future<Integer> serve(CertificateOrders.Due order) {
        return authority
                .issue(order.hostname())
                .compose(certificate -> store.renew(order.appId(), order.domainId(), certificate)
                        .compose(done -> orders.served(order, certificate)))
                .recover(cause -> {
                    String reason = String.valueOf(cause.getMessage());
                    appLog.platform(
                            order.appId(),
                            "api",
                            "Automatic certificate for " + order.hostname() + " failed: " + reason);
                    return orders.failed(order, reason, wait(order.attempts()));
                });
    }

    private Duration wait(int attempts) {
        Duration wait = firstRetry.multipliedBy(1L << Math.min(attempts - 1, 20));
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }
}
