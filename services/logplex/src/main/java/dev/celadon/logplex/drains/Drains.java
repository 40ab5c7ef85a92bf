package dev.celadon.logplex.drains;

import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.DrainQueue;
import dev.celadon.logplex.domain.DrainTarget;
import dev.celadon.runtime.Platform;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.TrustOptions;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drains of the apps whose lines arrive here: state of one event loop. Each line arrives at one logplex, the owner
 * of its app, so one drains it; when the owner changes, the former one delivers what it has and then gets no more.
 */
public final class Drains {
    private static final Logger log = LoggerFactory.getLogger(Drains.class);
    private static final Duration FLUSH_LIMIT = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final Platform platform;
    private final DrainSettings settings;
    private final DrainAddresses addresses;
    private final HttpClient http;
    private final NetClient tcp;
    private final Gauge count;
    private final Map<UUID, Drain> open = new HashMap<>();
    private volatile Map<UUID, List<Wanted>> wanted = Map.of();

    private record Wanted(UUID id, UUID app, String url, String token) {}

    public Drains(Vertx vertx, Platform platform, DrainSettings settings, TrustOptions trusted) {
        this.vertx = vertx;
        this.platform = platform;
        this.settings = settings;
        this.addresses = new DrainAddresses(vertx, settings.blocked());
        DrainClients clients = new DrainClients(vertx, settings, trusted);
        this.http = clients.http();
        this.tcp = clients.tcp();
        this.count = Gauge.builder(
                        "log.drains",
                        this,
                        all -> all.wanted.values().stream().mapToInt(List::size).sum())
                .register(platform.meters());
        vertx.setPeriodic(
                settings.report().toMillis(), tick -> List.copyOf(open.values()).forEach(Drain::report));
    }

    /** Never waits: a drain that is behind loses its oldest. */
    public void offer(LogLine line) {
        for (Wanted drain : wanted.getOrDefault(line.appId(), List.of())) {
            open.computeIfAbsent(drain.id(), none -> open(drain)).offer(line);
        }
    }

    /** Reads which drains there are; ends those that are no more. */
    public Future<Void> look() {
        return platform.database()
                .list(
                        "select id, app_id, url, token from api.v_drains",
                        Tuple.tuple(),
                        row -> new Wanted(
                                row.getUUID("id"), row.getUUID("app_id"), row.getString("url"), row.getString("token")))
                .map(found -> {
                    apply(found);
                    return null;
                });
    }

    /** Delivers what it can in a moment, and says how many drains had more. */
    public Future<Void> close() {
        platform.meters().remove(count);
        List<Future<Void>> flushes = new ArrayList<>();
        open.values().forEach(drain -> flushes.add(drain.flush()));
        return Future.join(flushes)
                .timeout(FLUSH_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .transform(flushed -> {
                    long behind = open.values().stream()
                            .filter(drain -> !drain.isIdle())
                            .count();
                    if (behind > 0) {
                        log.atWarn().addKeyValue("drains", behind).log("drains-left-behind");
                    }
                    open.values().forEach(Drain::close);
                    return Future.join(http.close(), tcp.close(), addresses.close());
                })
                .mapEmpty();
    }

    private void apply(List<Wanted> found) {
        Map<UUID, List<Wanted>> byApp = new HashMap<>();
        Set<UUID> ids = new HashSet<>();
        for (Wanted drain : found) {
            byApp.computeIfAbsent(drain.app(), none -> new ArrayList<>()).add(drain);
            ids.add(drain.id());
        }
        wanted = byApp;
        open.entrySet().removeIf(drain -> {
            boolean isGone = !ids.contains(drain.getKey());
            if (isGone) {
                drain.getValue().close();
            }
            return isGone;
        });
    }

    private Drain open(Wanted drain) {
        DrainTarget target = DrainTarget.parse(drain.url());
        Destination destination = target.isSyslog()
                ? new SyslogDestination(vertx, target, addresses, tcp, settings)
                : new HttpDestination(target, drain.token(), addresses, http, settings.request());
        DrainQueue queue = new DrainQueue(
                drain.app(),
                target.isSyslog() ? drain.token() : "host",
                settings.limits(),
                () -> UUID.randomUUID().toString(),
                () -> ThreadLocalRandom.current().nextDouble());
        return new Drain(
                vertx,
                platform.clock(),
                queue,
                destination,
                target.shown(),
                text -> platform.appLog().platform(drain.app(), "logplex", text));
    }
}
