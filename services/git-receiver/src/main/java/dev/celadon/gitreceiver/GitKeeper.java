package dev.celadon.gitreceiver;

import dev.celadon.contract.AppChanged;
import dev.celadon.gitreceiver.push.Unattended;
import dev.celadon.gitreceiver.repository.Repositories;
import dev.celadon.gitreceiver.store.Accounts;
import dev.celadon.gitreceiver.store.PushStore;
import dev.celadon.gitreceiver.store.RequestBudget;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes on beside the pushes: their heartbeat, ending those nobody attends, and removing the repositories of deleted apps. */
final class GitKeeper extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(GitKeeper.class);
    private static final Duration BEAT = Duration.ofSeconds(3);
    private static final Duration YOUNG = Duration.ofSeconds(5);

    private final PushStore pushes;
    private final RequestBudget budget;
    private final Unattended unattended;
    private final Accounts accounts;
    private final Repositories repositories;
    private final Clock clock;
    private final Duration every;
    private boolean isSweeping;
    private boolean isSettling;

    /** What it keeps. */
    record Parts(
            PushStore pushes,
            RequestBudget budget,
            Unattended unattended,
            Accounts accounts,
            Repositories repositories) {}

    GitKeeper(Parts parts, Clock clock, Duration every) {
        this.pushes = parts.pushes();
        this.budget = parts.budget();
        this.unattended = parts.unattended();
        this.accounts = parts.accounts();
        this.repositories = parts.repositories();
        this.clock = clock;
        this.every = every;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(BEAT.toMillis(), tick -> pushes.beat().onFailure(cause -> warn("push-beat-failed", cause)));
        vertx.setPeriodic(every.toMillis(), tick -> sweep());
        vertx.setPeriodic(0, every.toMillis(), tick -> settle());
        return Future.succeededFuture();
    }

    /** An app may have been deleted. */
    void appChanged(AppChanged hint) {
        context.runOnContext(hinted -> sweep());
    }

    /** A build ended, perhaps one that nobody attends. */
    void buildEnded() {
        context.runOnContext(hinted -> settle());
    }

    private void settle() {
        if (isSettling) {
            return;
        }
        isSettling = true;
        unattended
                .settle()
                .onFailure(cause -> warn("unattended-pushes-unsettled", cause))
                .onComplete(settled -> isSettling = false);
    }

    private void sweep() {
        if (isSweeping) {
            return;
        }
        isSweeping = true;
        accounts.appIds()
                .compose(this::deleteOthers)
                .compose(deleted -> pushes.leaveSilent())
                .compose(left -> budget.forgetQuiet())
                .onFailure(cause -> warn("repository-sweep-failed", cause))
                .onComplete(swept -> isSweeping = false);
    }

    /** The list was read before the repositories are: one that is missing in it and not young has no app. */
    private Future<List<UUID>> deleteOthers(List<UUID> living) {
        return vertx.executeBlocking(() -> repositories.sweep(
                        new HashSet<>(living), clock.instant().minus(YOUNG)))
                .onSuccess(deleted -> deleted.forEach(
                        app -> log.atInfo().addKeyValue("app_id", app).log("repository-deleted")));
    }

    private static void warn(String event, Throwable cause) {
        log.atWarn().addKeyValue("reason", cause.getMessage()).log(event);
    }
}
