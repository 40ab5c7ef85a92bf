package dev.celadon.gitreceiver.http;

import dev.celadon.gitreceiver.repository.Repositories;
import dev.celadon.gitreceiver.repository.SourceTar;
import dev.celadon.gitreceiver.store.PushStore;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jgit.lib.Repository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What compilers fetch: the tree of a push that waits for its build. */
public final class SourceRoute {
    private static final Logger log = LoggerFactory.getLogger(SourceRoute.class);

    private final Vertx vertx;
    private final PushStore store;
    private final Repositories repositories;
    private final Workers workers;

    public SourceRoute(Vertx vertx, PushStore store, Repositories repositories, Workers workers) {
        this.vertx = vertx;
        this.store = store;
        this.repositories = repositories;
        this.workers = workers;
    }

    public void mount(Router router) {
        router.getWithRegex("/git/pushes/(?<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})/source\\.tar")
                .handler(this::answer);
    }

    private void answer(RoutingContext routing) {
        Context context = vertx.getOrCreateContext();
        routing.request().pause();
        UUID pushId = UUID.fromString(routing.pathParam("id"));
        store.source(pushId)
                .onSuccess(source -> hand(new Exchange(context, routing.request()), pushId, source))
                .onFailure(routing::fail);
    }

    private void hand(Exchange exchange, UUID pushId, Optional<PushStore.Source> source) {
        if (source.isEmpty()) {
            exchange.fail(404, "no such push waits for a build");
            return;
        }
        try {
            workers.read(() -> write(exchange, pushId, source.get()));
        } catch (RejectedExecutionException full) {
            exchange.fail(503, "too many sources are being read, try again");
        }
    }

    private void write(Exchange exchange, UUID pushId, PushStore.Source source) {
        exchange.type("application/x-tar");
        try (Repository repository = repositories.openQuarantine(pushId)) {
            new SourceTar(repository, source.commit()).writeTo(exchange);
            exchange.close();
        } catch (NoSuchFileException gone) {
            exchange.fail(404, "no such push waits for a build");
        } catch (IOException | RuntimeException broken) {
            log.atWarn().addKeyValue("push", pushId).setCause(broken).log("source-failed");
            exchange.fail(500, "the source could not be read");
        }
    }
}
