package dev.celadon.manifold.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.container.Container;
import dev.celadon.container.ContainerHost;
import dev.celadon.contract.Accepted;
import dev.celadon.contract.Command;
import dev.celadon.contract.DynoReport;
import dev.celadon.contract.NodeHeartbeat;
import dev.celadon.contract.ProbeDyno;
import dev.celadon.contract.Probed;
import dev.celadon.contract.StartDyno;
import dev.celadon.contract.StopDyno;
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dynos of this node: starts and stops them by order, watches them, says in each heartbeat what it has. */
public final class Agent extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final long SOON_MILLIS = 10;

    private final Platform platform;
    private final ManifoldSettings settings;
    private final ContainerHost containers;
    private final SlugChecks slugs;
    private final NewestEpoch newestEpoch;
    private final DynoGround ground;
    private final MemoryWatch memory;
    private final Map<UUID, DynoRun> runs = new HashMap<>();
    private boolean isAdopted;
    private boolean isBeating;
    private boolean isBeatWanted;

    public Agent(Platform platform, ManifoldSettings settings, ContainerHost containers) {
        this.platform = platform;
        this.settings = settings;
        this.containers = containers;
        this.slugs = new SlugChecks(platform.blobs());
        this.newestEpoch = new NewestEpoch(
                platform.vertx(), platform.dataDirectory().resolve("manifold").resolve("epoch"));
        this.ground = new DynoGround(platform, containers, slugs, settings.diskMb());
        this.memory = new MemoryWatch(platform, containers, settings.memory());
    }

    @Override
    public Future<?> start() {
        var own = context;
        containers.onExit((id, status) -> own.runOnContext(turn -> ended(id, status)));
        platform.meters().gauge("dynos", runs, Map::size);
        return newestEpoch
                .load()
                .compose(loaded -> adopt())
                .compose(adopted -> platform.bus().serve(Command.START_DYNO, platform.nodeId(), this::start))
                .compose(served -> platform.bus().serve(Command.STOP_DYNO, platform.nodeId(), this::stop))
                .compose(served -> platform.bus().serve(Command.PROBE_DYNO, platform.nodeId(), this::probe))
                .onSuccess(ready -> {
                    // Not before adoption: an inventory without the dynos that run would give them up as lost.
                    isAdopted = true;
                    memory.start();
                    containers.keepReady(settings.diskMb(), settings.readyDisks());
                    vertx.setPeriodic(settings.heartbeat().toMillis(), tick -> beat());
                    beat();
                });
    }

    @Override
    public Future<?> stop() {
        memory.stop();
        containers.stop();
        runs.values().forEach(DynoRun::leave);
        return Future.succeededFuture();
    }

    /** Dynos that outlived the last process are taken back; what is no whole dyno is removed. */
    private Future<Void> adopt() {
        return containers.list().compose(found -> {
            Map<String, Container> started = new HashMap<>();
            found.forEach(container -> started.put(container.id(), container));
            return containers.ids().compose(ids -> {
                List<Future<?>> all = new ArrayList<>();
                ids.stream().filter(id -> id.startsWith("d-")).forEach(id -> {
                    Container container = started.get(id);
                    all.add(ground.kept(id, DynoRun.Facts.class)
                            .compose(facts -> {
                                DynoRun run = run(facts.start());
                                runs.put(facts.start().dynoId(), run);
                                return container == null
                                        ? Future.failedFuture("it never started")
                                        : run.adopt(container, facts);
                            })
                            .recover(cause -> containers.remove(id)));
                });
                return Future.join(all).transform(done -> Future.succeededFuture());
            });
        });
    }

    private Future<Accepted> start(StartDyno order) {
        return newestEpoch.admit(order.epoch()).map(admitted -> {
            if (!runs.containsKey(order.dynoId())) {
                DynoRun run = run(order);
                runs.put(order.dynoId(), run);
                run.launch();
            }
            return new Accepted();
        });
    }

    private Future<Accepted> stop(StopDyno order) {
        return newestEpoch.admit(order.epoch()).map(admitted -> {
            DynoRun run = runs.get(order.dynoId());
            if (run != null) {
                run.stop(order.graceSeconds());
            }
            return new Accepted();
        });
    }

    private Future<Probed> probe(ProbeDyno question) {
        DynoRun run = runs.get(question.dynoId());
        // One that is not here is not to be restarted for it: the next heartbeat tells.
        return run == null
                ? Future.succeededFuture(new Probed(true))
                : run.probe().map(Probed::new);
    }

    private DynoRun run(StartDyno order) {
        DynoRun run = new DynoRun(platform, containers, ground, order, this::beatSoon);
        memory.follow(run.containerId(), order, run::endForMemory);
        return run;
    }

    private void ended(String containerId, int status) {
        runs.values().stream()
                .filter(run -> run.containerId().equals(containerId))
                .findFirst()
                .ifPresent(run -> memory.settle(containerId).onComplete(settled -> run.ended(status)));
    }

    private void beatSoon() {
        vertx.setTimer(SOON_MILLIS, tick -> {
            if (isAdopted) {
                beat();
            }
        });
    }

    private void beat() {
        isBeatWanted = true;
        var manifold = platform.members().any("manifold");
        if (isBeating || manifold.isEmpty()) {
            return;
        }
        isBeating = true;
        isBeatWanted = false;
        List<DynoReport> reports = runs.values().stream().map(DynoRun::report).toList();
        NodeHeartbeat heartbeat = new NodeHeartbeat(platform.nodeId(), settings.zone(), settings.capacityMb(), reports);
        platform.internal()
                .call(HttpMethod.POST, manifold.get().url() + "/manifold/heartbeat", DEADLINE)
                .sendBuffer(Json.write(heartbeat))
                .onSuccess(response -> {
                    if (response.statusCode() == 200) {
                        reports.stream()
                                .filter(report -> report.state().isFinal())
                                .forEach(report -> forget(report.dynoId()));
                        stopUnknown(response.bodyAsBuffer());
                    }
                })
                .onFailure(cause ->
                        log.atWarn().addKeyValue("reason", cause.getMessage()).log("heartbeat-failed"))
                .onComplete(done -> {
                    isBeating = false;
                    if (isBeatWanted) {
                        beat();
                    }
                });
    }

    private void forget(UUID dyno) {
        DynoRun run = runs.remove(dyno);
        if (run != null) {
            memory.forget(run.containerId());
        }
        if (run != null
                && runs.values().stream().noneMatch(other -> other.slug().equals(run.slug()))) {
            slugs.forget(run.slug());
        }
    }

    private void stopUnknown(Buffer answer) {
        JsonNode unknown = Json.read(answer, JsonNode.class).path("unknown");
        unknown.forEach(id -> {
            DynoRun run = runs.get(UUID.fromString(id.asText()));
            if (run != null) {
                run.stop((int) settings.grace().toSeconds());
            }
        });
    }
}
