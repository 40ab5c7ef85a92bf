package dev.celadon.manifold.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.container.Container;
import dev.celadon.container.ContainerHost;
import dev.celadon.contract.Accepted;
import dev.celadon.contract.Command;
import dev.celadon.contract.DynoReport;
import dev.celadon.contract.OneOffReports;
import dev.celadon.contract.StartOneOff;
import dev.celadon.contract.StopDyno;
import dev.celadon.manifold.Coalesced;
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one-off dynos of this node: runs each order once, tells of every change until it is recorded. */
public final class OneOffAgent extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(OneOffAgent.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final int REMEMBERED = 1_000;

    private final Platform platform;
    private final ManifoldSettings settings;
    private final ContainerHost containers;
    private final SlugChecks slugs;
    private final DynoGround ground;
    private final MemoryWatch memory;
    private final Map<UUID, OneOffRun> runs = new HashMap<>();
    private final Map<UUID, Boolean> done = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };
    private final Coalesced telling = new Coalesced(this::tell);
    private final Reception reception;
    private long newestEpoch;
    private boolean isAdopted;

    public OneOffAgent(Platform platform, ManifoldSettings settings, ContainerHost containers) {
        this.platform = platform;
        this.settings = settings;
        this.containers = containers;
        this.slugs = new SlugChecks(platform.blobs());
        this.ground = new DynoGround(platform, containers, slugs, settings.diskMb());
        this.memory = new MemoryWatch(platform, containers, settings.memory());
        this.reception = new Reception(platform, settings.oneOffs(), this::bySecret);
    }

    @Override
    public Future<?> start() {
        var own = context;
        platform.meters().gauge("one.off.dynos", runs, Map::size);
        return adopt().compose(adopted -> {
                    containers.onExit((id, status) -> own.runOnContext(turn -> ended(id, status)));
                    return platform.bus().serve(Command.START_ONE_OFF, platform.nodeId(), this::start);
                })
                .compose(served -> platform.bus().serve(Command.STOP_ONE_OFF, platform.nodeId(), this::stop))
                .compose(served -> reception.open())
                .onSuccess(ready -> {
                    isAdopted = true;
                    memory.start();
                    vertx.setPeriodic(settings.heartbeat().toMillis(), tick -> telling.ask());
                    telling.ask();
                });
    }

    @Override
    public Future<?> stop() {
        memory.stop();
        runs.values().forEach(OneOffRun::leave);
        return Future.succeededFuture();
    }

    /** One-off dynos that outlived the last process are taken back; what is no whole one is removed. */
    private Future<Void> adopt() {
        return containers.list().compose(found -> {
            Map<String, Container> started = new HashMap<>();
            found.forEach(container -> started.put(container.id(), container));
            return containers.ids().compose(ids -> {
                List<Future<?>> all = new ArrayList<>();
                ids.stream()
                        .filter(id -> id.startsWith("o-"))
                        .forEach(id -> all.add(ground.kept(id, OneOffRun.Facts.class)
                                .map(facts -> {
                                    OneOffRun run = run(facts.order());
                                    runs.put(facts.order().dynoId(), run);
                                    run.adopt(started.get(id), facts);
                                    return null;
                                })
                                .recover(broken -> containers.remove(id).mapEmpty())));
                return Future.join(all).transform(adopted -> Future.succeededFuture());
            });
        });
    }

    private Future<Accepted> start(StartOneOff order) {
        if (order.epoch() < newestEpoch) {
            return Future.failedFuture("epoch " + order.epoch() + " is older than " + newestEpoch);
        }
        newestEpoch = order.epoch();
        if (!runs.containsKey(order.dynoId()) && !done.containsKey(order.dynoId())) {
            OneOffRun run = run(order);
            runs.put(order.dynoId(), run);
            run.launch();
            reception.look();
        }
        return Future.succeededFuture(new Accepted());
    }

    private Future<Accepted> stop(StopDyno order) {
        if (order.epoch() < newestEpoch) {
            return Future.failedFuture("epoch " + order.epoch() + " is older than " + newestEpoch);
        }
        OneOffRun run = runs.get(order.dynoId());
        if (run != null) {
            run.stop(order.graceSeconds());
        }
        return Future.succeededFuture(new Accepted());
    }

    private OneOffRun run(StartOneOff order) {
        OneOffRun run = new OneOffRun(platform, containers, ground, settings, order, this::changed);
        // One inside another dyno is part of that one's memory.
        if (order.inside() == null) {
            memory.follow(run.containerId(), order, run::endForMemory);
        }
        return run;
    }

    private void changed() {
        if (isAdopted) {
            telling.ask();
        }
    }

    private void ended(String containerId, int status) {
        runs.values().stream()
                .filter(run -> run.containerId().equals(containerId))
                .findFirst()
                .ifPresent(run -> memory.settle(containerId).onComplete(settled -> run.ended(status)));
    }

    private Optional<OneOffRun> bySecret(String hash) {
        byte[] given = hash.getBytes(StandardCharsets.US_ASCII);
        return runs.values().stream()
                .filter(run -> run.secretHash() != null
                        && MessageDigest.isEqual(
                                given, String.valueOf(run.secretHash()).getBytes(StandardCharsets.US_ASCII)))
                .findFirst();
    }

    private Future<?> tell() {
        var manifold = platform.members().any("manifold");
        if (manifold.isEmpty()) {
            return Future.succeededFuture();
        }
        List<DynoReport> reports = runs.values().stream().map(OneOffRun::report).toList();
        return platform.internal()
                .call(HttpMethod.POST, manifold.get().url() + "/manifold/one-offs", DEADLINE)
                .sendBuffer(Json.write(
                        new OneOffReports(platform.nodeId(), settings.oneOffs().port(), reports)))
                .onSuccess(response -> {
                    if (response.statusCode() == 200) {
                        reports.stream()
                                .filter(report -> report.state().isFinal())
                                .forEach(report -> recorded(report.dynoId()));
                        stopUnknown(response.bodyAsBuffer());
                    }
                })
                .onFailure(cause ->
                        log.atWarn().addKeyValue("reason", cause.getMessage()).log("one-offs-not-told"));
    }

    private void recorded(UUID dyno) {
        OneOffRun run = runs.remove(dyno);
        if (run == null) {
            return;
        }
        done.put(dyno, true);
        memory.forget(run.containerId());
        run.recorded();
        if (runs.values().stream().noneMatch(other -> other.slug().equals(run.slug()))) {
            slugs.forget(run.slug());
        }
    }

    private void stopUnknown(Buffer answer) {
        JsonNode unknown = Json.read(answer, JsonNode.class).path("unknown");
        unknown.forEach(id -> {
            OneOffRun run = runs.get(UUID.fromString(id.asText()));
            if (run != null) {
                run.stop((int) settings.grace().toSeconds());
            }
        });
    }
}
