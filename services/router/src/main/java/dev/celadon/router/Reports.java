package dev.celadon.router;

import dev.celadon.contract.RouterReport;
import dev.celadon.contract.RoutesApplied;
import dev.celadon.contract.Topic;
import dev.celadon.router.domain.Table;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the manifold every moment, and soon after each new table, by which revision this router routes, which apps had
 * requests and which withdrawn dynos still answer some: what dynos stop, idle and wake by.
 */
final class Reports extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(Reports.class);
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    /** A request that looked the old table up a moment ago is in flight by then. */
    private static final long AFTER_SWAP_MILLIS = 100;

    private final Platform platform;
    private final Table table;
    private final Duration every;
    private final Set<UUID> unsent = new HashSet<>();
    private Set<UUID> lastDraining = Set.of();
    private long lastRevision = -1;
    private boolean isSending;

    Reports(Platform platform, Table table, Duration every) {
        this.platform = platform;
        this.table = table;
        this.every = every;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(every.toMillis(), tick -> send());
        return Future.succeededFuture();
    }

    /** The table was swapped. */
    void soon() {
        context.runOnContext(turn -> vertx.setTimer(AFTER_SWAP_MILLIS, tick -> send()));
    }

    private void send() {
        var manifold = platform.members().any("manifold");
        if (isSending || manifold.isEmpty()) {
            return;
        }
        isSending = true;
        unsent.addAll(table.takeSeen());
        // The revision first: dynos of a table that comes in between are then asked for again.
        long revision = table.revision();
        List<UUID> draining = table.draining();
        List<UUID> active = new ArrayList<>(unsent);
        platform.internal()
                .call(HttpMethod.POST, manifold.get().url() + "/manifold/router-report", DEADLINE)
                .sendBuffer(Json.write(new RouterReport(platform.nodeId(), revision, active, draining)))
                .onSuccess(response -> {
                    if (response.statusCode() == 200) {
                        active.forEach(unsent::remove);
                        announce(revision, draining);
                    }
                })
                // Without a manifold nothing stops; the next report says all of it again.
                .onFailure(cause ->
                        log.atDebug().addKeyValue("reason", cause.getMessage()).log("report-not-sent"))
                .onComplete(done -> isSending = false);
    }

    private void announce(long revision, List<UUID> draining) {
        Set<UUID> now = Set.copyOf(draining);
        if (revision != lastRevision || !now.equals(lastDraining)) {
            lastRevision = revision;
            lastDraining = now;
            platform.bus().publish(Topic.ROUTES_APPLIED, new RoutesApplied(platform.nodeId(), revision));
        }
    }
}
