package dev.celadon.router;

import dev.celadon.contract.Route;
import dev.celadon.contract.RoutingTable;
import dev.celadon.contract.Topic;
import dev.celadon.router.domain.Table;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this router's table new: fetches what changed, and keeps a copy on disk for the next start.
 */
final class Routes extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(Routes.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final Platform platform;
    private final RouterSettings settings;
    private final Table table = new Table();
    private final List<Consumer<List<UUID>>> listeners = new CopyOnWriteArrayList<>();
    private @Nullable RouteFile file;
    private boolean isFetching;
    private boolean isHinted;
    private boolean needsAll;

    Routes(Platform platform, RouterSettings settings) {
        this.platform = platform;
        this.settings = settings;
    }

    Table table() {
        return table;
    }

    /** Told which apps changed, on this verticle's loop, when they are in the table; answers with the way to stop it. */
    Runnable onChange(Consumer<List<UUID>> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(settings.look().toMillis(), tick -> fetch());
        vertx.setPeriodic(settings.resync().toMillis(), tick -> needsAll = true);
        RouteFile own = new RouteFile(vertx, platform.dataDirectory().resolve("router/routes.json"), table);
        file = own;
        return own.load()
                .onSuccess(table::apply)
                .compose(loaded -> platform.bus().subscribe(Topic.ROUTES_CHANGED, changed -> fetch()))
                .onSuccess(subscribed -> fetch());
    }

    @Override
    public Future<?> stop() {
        RouteFile own = file;
        return own == null ? Future.succeededFuture() : own.keep().otherwiseEmpty();
    }

    private void fetch() {
        isHinted = true;
        var manifold = platform.members().any("manifold");
        if (isFetching || manifold.isEmpty()) {
            return;
        }
        isFetching = true;
        isHinted = false;
        String url = manifold.get().url() + "/manifold/routes?since=" + (needsAll ? 0 : table.revision());
        platform.internal()
                .call(HttpMethod.GET, url, DEADLINE)
                .send()
                .compose(response -> response.statusCode() == 200
                        ? Future.succeededFuture(Json.read(response.bodyAsBuffer(), RoutingTable.class))
                        : Future.failedFuture("the manifold answered " + response.statusCode()))
                .onSuccess(this::take)
                // The control plane may be gone for long; the last table serves on.
                .onFailure(cause ->
                        log.atDebug().addKeyValue("reason", cause.getMessage()).log("routes-not-fetched"))
                .onComplete(done -> {
                    isFetching = false;
                    if (isHinted) {
                        fetch();
                    }
                });
    }

    private void take(RoutingTable changes) {
        if (!table.apply(changes)) {
            log.atWarn()
                    .addKeyValue("ours", table.revision())
                    .addKeyValue("theirs", changes.revision())
                    .log("routes-restored");
            needsAll = true;
            isHinted = true;
            return;
        }
        if (changes.since() == 0) {
            needsAll = false;
        }
        if (!changes.routes().isEmpty()) {
            List<UUID> apps = changes.routes().stream().map(Route::appId).toList();
            listeners.forEach(listener -> listener.accept(apps));
        }
        RouteFile own = file;
        if (own != null) {
            own.changed();
        }
    }
}
