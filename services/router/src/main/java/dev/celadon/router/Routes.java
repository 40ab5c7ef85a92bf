package dev.celadon.router;

import dev.celadon.contract.RoutingTable;
import dev.celadon.contract.Topic;
import dev.celadon.router.domain.Table;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps this router's table new: fetches what changed, tells the manifold, and keeps a copy on disk for the next start. */
final class Routes extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(Routes.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final Platform platform;
    private final RouterSettings settings;
    private final Path file;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Table table = Table.EMPTY;
    private boolean isFetching;
    private boolean isHinted;

    Routes(Platform platform, RouterSettings settings) {
        this.platform = platform;
        this.settings = settings;
        this.file = platform.dataDirectory().resolve("router/routes.json");
    }

    Table table() {
        return table;
    }

    /** Called after each swap, on this verticle's loop. */
    Runnable onSwap(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(settings.look().toMillis(), tick -> fetch());
        return vertx.executeBlocking(
                        () -> Files.exists(file)
                                ? Json.mapper().readValue(file.toFile(), RoutingTable.class)
                                : new RoutingTable(0, 0, List.of()),
                        true)
                .recover(unreadable -> Future.succeededFuture(new RoutingTable(0, 0, List.of())))
                .onSuccess(kept -> table = Table.EMPTY.apply(kept))
                .compose(loaded -> platform.bus().subscribe(Topic.ROUTES_CHANGED, changed -> fetch()))
                .onSuccess(subscribed -> fetch());
    }

    private void fetch() {
        isHinted = true;
        var manifold = platform.members().any("manifold");
        if (isFetching || manifold.isEmpty()) {
            return;
        }
        isFetching = true;
        isHinted = false;
        String url = manifold.get().url() + "/manifold/routes?since=" + table.revision();
        platform.internal()
                .call(HttpMethod.GET, url, DEADLINE)
                .send()
                .compose(response -> response.statusCode() == 200
                        ? Future.succeededFuture(Json.read(response.bodyAsBuffer(), RoutingTable.class))
                        : Future.failedFuture("the manifold answered " + response.statusCode()))
                .onSuccess(this::swap)
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

    private void swap(RoutingTable changes) {
        boolean isNewer = changes.revision() > table.revision();
        table = table.apply(changes);
        if (isNewer) {
            listeners.forEach(Runnable::run);
            RoutingTable whole = new RoutingTable(0, table.revision(), table.routes());
            vertx.executeBlocking(
                            () -> {
                                Files.createDirectories(file.getParent());
                                Path fresh = file.resolveSibling("routes.json.new");
                                Json.mapper().writeValue(fresh.toFile(), whole);
                                return Files.move(
                                        fresh,
                                        file,
                                        StandardCopyOption.ATOMIC_MOVE,
                                        StandardCopyOption.REPLACE_EXISTING);
                            },
                            true)
                    .onFailure(cause -> log.atWarn()
                            .addKeyValue("reason", cause.getMessage())
                            .log("routes-not-kept"));
        }
    }
}
