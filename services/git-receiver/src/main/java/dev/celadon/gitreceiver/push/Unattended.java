package dev.celadon.gitreceiver.push;

import dev.celadon.gitreceiver.domain.BuildState;
import dev.celadon.gitreceiver.repository.Quarantine;
import dev.celadon.gitreceiver.repository.Repositories;
import dev.celadon.gitreceiver.store.BuildViews;
import dev.celadon.gitreceiver.store.PushStore;
import dev.celadon.gitreceiver.store.PushStore.End;
import dev.celadon.gitreceiver.store.PushStore.Left;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the pushes that nobody attends any more. Their builds are cancelled; one that was good before it could be has a
 * release or will have one, and a release never stays without its commit: the ref follows it.
 */
public final class Unattended {
    private static final Logger log = LoggerFactory.getLogger(Unattended.class);

    private final Vertx vertx;
    private final PushStore store;
    private final BuildViews views;
    private final Compilers compilers;
    private final Repositories repositories;

    public Unattended(Vertx vertx, PushStore store, BuildViews views, Compilers compilers, Repositories repositories) {
        this.vertx = vertx;
        this.store = store;
        this.views = views;
        this.compilers = compilers;
        this.repositories = repositories;
    }

    /** Looks at each of this node's once; those whose build goes on stay for the next time. */
    public Future<Void> settle() {
        return store.unattended().compose(pushes -> {
            Future<Void> all = Future.succeededFuture();
            for (Left push : pushes) {
                all = all.compose(before -> settle(push));
            }
            return all;
        });
    }

    private Future<Void> settle(Left push) {
        return views.build(push.id()).compose(build -> {
            if (build.filter(BuildState::hasSucceeded).isPresent()) {
                return vertx.executeBlocking(() -> moveRef(push), false).compose(end -> end(push, end));
            }
            boolean isOver = build.map(BuildState::hasEnded).orElse(push.isLongLeft());
            if (isOver) {
                return end(push, End.ABANDONED);
            }
            compilers.cancel(push.id());
            return Future.succeededFuture();
        });
    }

    private Future<Void> end(Left push, End end) {
        return store.end(push.id(), end)
                .compose(ended -> vertx.executeBlocking(
                        () -> {
                            repositories.deleteQuarantine(push.id());
                            return true;
                        },
                        false))
                .onSuccess(done -> log.atInfo()
                        .addKeyValue("push", push.id())
                        .addKeyValue("end", end)
                        .log("unattended-push-ended"))
                .mapEmpty();
    }

    private End moveRef(Left push) throws IOException {
        ReceiveCommand command =
                new ReceiveCommand(ObjectId.fromString(push.oldSha()), ObjectId.fromString(push.newSha()), push.ref());
        try (Repository repository = repositories.open(push.appId())) {
            Optional<Quarantine> quarantine = repositories.findQuarantine(push.id(), push.appId());
            if (quarantine.isPresent()) {
                quarantine.get().release();
                quarantine.get().repository().close();
            }
            RefWrite refs = new RefWrite(repository);
            if (!refs.isThereAlready(command)) {
                refs.apply(command);
                refs.pointHeadAt(push.ref());
            }
        }
        if (command.getResult() != ReceiveCommand.Result.OK
                && command.getResult() != ReceiveCommand.Result.NOT_ATTEMPTED) {
            log.atError()
                    .addKeyValue("push", push.id())
                    .addKeyValue("commit", push.newSha())
                    .addKeyValue("reason", command.getMessage())
                    .log("released-commit-without-ref");
        }
        return End.BUILT;
    }
}
