package dev.celadon.manifold.agent;

import dev.celadon.container.ContainerHost;
import dev.celadon.container.domain.MemoryUse;
import dev.celadon.contract.DynoError;
import dev.celadon.contract.DynoOrder;
import dev.celadon.manifold.MemorySettings;
import dev.celadon.manifold.agent.domain.LoadAverage;
import dev.celadon.manifold.agent.domain.MemoryQuota;
import dev.celadon.manifold.agent.domain.MemoryQuota.Standing;
import dev.celadon.manifold.agent.domain.RuntimeMetrics;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the memory of all dynos of an agent by one timer: tells of those past their quota, slows them down where the
 * host cannot swap, and has those ended that are vastly past it. Lives on the agent's event loop; reads off it.
 */
final class MemoryWatch {
    private static final Logger log = LoggerFactory.getLogger(MemoryWatch.class);
    private static final String FEATURE = "log-runtime-metrics";

    private final Platform platform;
    private final ContainerHost containers;
    private final MemorySettings settings;
    private final Map<String, Watched> dynos = new HashMap<>();
    private Set<UUID> measured = Set.of();
    private Instant lastLook;
    private long timer = -1;
    private boolean isLooking;

    private static final class Watched {
        private final String containerId;
        private final DynoOrder dyno;
        private final Consumer<String> end;
        private final MemoryQuota quota;
        private LoadAverage load = LoadAverage.NONE;
        private Instant toldAt = Instant.EPOCH;
        /** Of a dyno that an earlier process left, too: what is not past its quota is released at the first look. */
        private boolean isThrottled = true;

        private boolean isEnding;

        private Watched(String containerId, DynoOrder dyno, Consumer<String> end) {
            this.containerId = containerId;
            this.dyno = dyno;
            this.end = end;
            this.quota = new MemoryQuota(dyno.memoryMb());
        }
    }

    /** @param running of an app that wants metrics, else 0 */
    private record Seen(MemoryUse memory, int running) {}

    MemoryWatch(Platform platform, ContainerHost containers, MemorySettings settings) {
        this.platform = platform;
        this.containers = containers;
        this.settings = settings;
        this.lastLook = platform.clock().instant();
    }

    void start() {
        timer = platform.vertx().setPeriodic(settings.look().toMillis(), tick -> look());
    }

    void stop() {
        platform.vertx().cancelTimer(timer);
    }

    /** @param end called once if the dyno is vastly past its quota, with the line that says how far */
    void follow(String containerId, DynoOrder dyno, Consumer<String> end) {
        dynos.put(containerId, new Watched(containerId, dyno, end));
    }

    void forget(String containerId) {
        dynos.remove(containerId);
    }

    /** The last look at a dyno that ended: whether the kernel killed it for its memory. */
    Future<Void> settle(String containerId) {
        return platform.vertx()
                .executeBlocking(() -> containers.groups().memory(containerId), false)
                .onSuccess(use -> use.filter(last -> last.oomKills() > 0).ifPresent(last -> {
                    Watched watched = dynos.get(containerId);
                    if (watched != null) {
                        end(watched, last);
                    }
                }))
                .transform(looked -> Future.succeededFuture());
    }

    private void look() {
        if (isLooking || dynos.isEmpty()) {
            return;
        }
        isLooking = true;
        Map<String, Boolean> wanted = new HashMap<>();
        dynos.forEach((id, watched) -> wanted.put(id, measured.contains(watched.dyno.appId())));
        refreshMeasured()
                .compose(known -> platform.vertx().executeBlocking(() -> read(wanted), false))
                .onSuccess(this::judge)
                .onFailure(cause ->
                        log.atWarn().addKeyValue("reason", cause.getMessage()).log("memory-unreadable"))
                .onComplete(done -> isLooking = false);
    }

    /** While the database is away, what was wanted last is still wanted. */
    private Future<Void> refreshMeasured() {
        return platform.database()
                .list(
                        "select app_id from api.v_features where name = $1",
                        Tuple.of(FEATURE),
                        row -> row.getUUID("app_id"))
                .onSuccess(apps -> measured = Set.copyOf(new HashSet<>(apps)))
                .transform(asked -> Future.succeededFuture());
    }

    private Map<String, Seen> read(Map<String, Boolean> wanted) throws IOException {
        Map<String, Seen> seen = new HashMap<>();
        for (Map.Entry<String, Boolean> dyno : wanted.entrySet()) {
            Optional<MemoryUse> memory = containers.groups().memory(dyno.getKey());
            if (memory.isPresent()) {
                int running = dyno.getValue() ? containers.groups().running(dyno.getKey()) : 0;
                seen.put(dyno.getKey(), new Seen(memory.get(), running));
            }
        }
        return seen;
    }

    private void judge(Map<String, Seen> all) {
        Instant now = platform.clock().instant();
        Duration since = Duration.between(lastLook, now);
        lastLook = now;
        all.forEach((id, seen) -> {
            @Nullable Watched watched = dynos.get(id);
            if (watched != null && !watched.isEnding) {
                watched.load = watched.load.and(seen.running(), since);
                judge(watched, seen.memory(), now);
            }
        });
    }

    private void judge(Watched watched, MemoryUse use, Instant now) {
        Standing standing = watched.quota.of(use);
        if (standing == Standing.VASTLY_EXCEEDED) {
            end(watched, use);
            return;
        }
        throttle(watched, standing == Standing.EXCEEDED);
        // A look comes when it comes: one that is due within half of the next is told of now.
        if (now.isBefore(
                watched.toldAt.plus(settings.sample()).minus(settings.look().dividedBy(2)))) {
            return;
        }
        boolean isMeasured = measured.contains(watched.dyno.appId());
        if (isMeasured) {
            DynoOrder dyno = watched.dyno;
            RuntimeMetrics.lines(dyno.appId(), dyno.dynoId(), dyno.name(), watched.load, use)
                    .forEach(line -> say(watched, line));
        }
        if (standing == Standing.EXCEEDED) {
            List.of(watched.quota.line(use), DynoError.R14.title()).forEach(line -> say(watched, line));
        }
        if (isMeasured || standing == Standing.EXCEEDED) {
            watched.toldAt = now;
        }
    }

    private static void end(Watched watched, MemoryUse use) {
        if (!watched.isEnding) {
            watched.isEnding = true;
            watched.end.accept(watched.quota.line(use));
        }
    }

    private void throttle(Watched watched, boolean isPast) {
        boolean isWanted = isPast && !containers.canSwap();
        if (watched.isThrottled == isWanted) {
            return;
        }
        watched.isThrottled = isWanted;
        String id = watched.containerId;
        platform.vertx()
                .executeBlocking(
                        () -> {
                            if (isWanted) {
                                containers.groups().throttle(id, settings.throttlePercent());
                            } else {
                                containers.groups().release(id);
                            }
                            return null;
                        },
                        true)
                .onFailure(cause -> log.atWarn()
                        .addKeyValue("dyno", id)
                        .addKeyValue("reason", cause.getMessage())
                        .log("throttle-failed"));
    }

    private void say(Watched watched, String line) {
        platform.appLog().platform(watched.dyno.appId(), watched.dyno.name(), line);
    }
}
