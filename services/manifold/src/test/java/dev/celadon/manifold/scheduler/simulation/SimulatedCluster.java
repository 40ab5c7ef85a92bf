package dev.celadon.manifold.scheduler.simulation;

import dev.celadon.contract.DynoState;
import dev.celadon.manifold.scheduler.domain.Action;
import dev.celadon.manifold.scheduler.domain.Convergence;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.manifold.scheduler.domain.NodeWatch;
import dev.celadon.manifold.scheduler.domain.Placement;
import dev.celadon.manifold.scheduler.domain.Wanted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * Apps, nodes and dynos in memory, and a clock that jumps from event to event. What is wanted, started, placed and given
 * up is decided by the scheduler's own {@link Convergence}, {@link Placement} and {@link NodeWatch}; the agents here boot
 * a dyno in a random time and beat their hearts until they die.
 */
final class SimulatedCluster {
    private static final int DYNO_MB = 512;
    private static final Duration LOSS = Duration.ofSeconds(15);
    private static final Duration BEAT = Duration.ofSeconds(2);

    private final Random random;
    private final Placement placement = new Placement(List.of());
    private final NodeWatch watch = new NodeWatch(LOSS);
    private final Map<String, Agent> agents = new HashMap<>();
    private final Map<UUID, Wanted> wanted = new HashMap<>();
    private final Map<UUID, Map<UUID, Dyno>> dynos = new HashMap<>();
    private final PriorityQueue<Boot> booting = new PriorityQueue<>(Comparator.comparing(Boot::at));
    private Instant now = Instant.EPOCH;
    private int withoutRoom;

    /** A node: which dynos it has, when it last said so. */
    private static final class Agent {
        final Placement.Node node;
        final Set<UUID> apps = new HashSet<>();
        int usedMb;
        Instant word;
        boolean isAlive = true;

        Agent(Placement.Node node, Instant word) {
            this.node = node;
            this.word = word;
        }
    }

    private record Boot(Instant at, UUID app, UUID dyno) {}

    SimulatedCluster(long seed) {
        random = new Random(seed);
    }

    void addNodes(int count, int zones, int capacityMb) {
        for (int i = 0; i < count; i++) {
            Placement.Node node = new Placement.Node("n-" + i, "zone-" + i % zones, capacityMb);
            agents.put(node.id(), new Agent(node, now));
            placement.add(node);
        }
    }

    void addApps(int count, int dynosEach) {
        for (int i = 0; i < count; i++) {
            UUID app = new UUID(random.nextLong(), random.nextLong());
            Wanted.Type web = new Wanted.Type("web", "w", dynosEach, DYNO_MB, 60);
            wanted.put(app, new Wanted(app, "app", app, 1, "sha", null, "cedar", List.of(web)));
            dynos.put(app, new HashMap<>());
        }
    }

    /** Plans every app, as a pass does, and lets the agents boot what was started. */
    void converge() {
        converge(wanted.keySet());
    }

    private void converge(Iterable<UUID> apps) {
        for (UUID id : apps) {
            Wanted app = Objects.requireNonNull(wanted.get(id));
            List<Action> actions = Convergence.plan(
                    new Convergence.Situation(app, Optional.empty(), true, false, 0, Set.of(), (version, name) -> true),
                    List.copyOf(of(id).values()));
            for (Action action : actions) {
                if (action instanceof Action.Start start) {
                    start(start);
                } else if (action instanceof Action.Retire retire) {
                    end(retire.dyno());
                }
            }
        }
    }

    private void start(Action.Start start) {
        UUID app = start.release().appId();
        int memoryMb = start.type().memoryMb();
        Optional<String> node =
                placement.place(new Placement.Kind(app, start.type().name()), memoryMb);
        if (node.isEmpty()) {
            withoutRoom++;
            return;
        }
        Agent agent = agent(node.get());
        agent.apps.add(app);
        agent.usedMb += memoryMb;
        UUID id = new UUID(random.nextLong(), random.nextLong());
        of(app).put(id, dyno(id, app, start.name(), node.get(), memoryMb, DynoState.CREATED));
        booting.add(new Boot(now.plusMillis(500 + random.nextInt(5_000)), app, id));
    }

    private void end(Dyno dyno) {
        of(dyno.appId()).remove(dyno.id());
        placement.vacate(new Placement.Kind(dyno.appId(), dyno.type()), dyno.nodeId(), dyno.memoryMb());
        agent(dyno.nodeId()).usedMb -= dyno.memoryMb();
    }

    /** Boots end, living agents say they live. */
    void pass(Duration time) {
        Instant until = now.plus(time);
        while (now.isBefore(until)) {
            now = now.plus(BEAT);
            while (!booting.isEmpty() && !booting.peek().at().isAfter(now)) {
                Boot boot = booting.poll();
                of(boot.app())
                        .computeIfPresent(
                                boot.dyno(),
                                (id, dyno) -> dyno(
                                        id, dyno.appId(), dyno.name(), dyno.nodeId(), dyno.memoryMb(), DynoState.UP));
            }
            agents.values().stream().filter(agent -> agent.isAlive).forEach(agent -> agent.word = now);
        }
    }

    /** So many nodes fall silent at once. */
    void kill(int nodes) {
        List<Agent> living = new ArrayList<>(
                agents.values().stream().filter(agent -> agent.isAlive).toList());
        Collections.shuffle(living, random);
        living.stream().limit(nodes).forEach(agent -> agent.isAlive = false);
    }

    /** One look of the leader at its nodes: gives up what is lost and starts it elsewhere; how many dynos that were. */
    int replaceLost() {
        Map<String, Instant> words = new HashMap<>();
        agents.forEach((id, agent) -> words.put(id, agent.word));
        Set<String> lost = watch.lost(words, now);
        Set<UUID> affected = new HashSet<>();
        int given = 0;
        for (String id : lost) {
            Agent agent = agent(id);
            agents.remove(id);
            placement.remove(id);
            for (UUID app : agent.apps) {
                int before = of(app).size();
                of(app).values().removeIf(dyno -> dyno.nodeId().equals(id));
                given += before - of(app).size();
            }
            affected.addAll(agent.apps);
        }
        converge(affected);
        return given;
    }

    private Agent agent(String id) {
        return Objects.requireNonNull(agents.get(id));
    }

    private Map<UUID, Dyno> of(UUID app) {
        return Objects.requireNonNull(dynos.get(app));
    }

    int dynos() {
        return dynos.values().stream().mapToInt(Map::size).sum();
    }

    int upDynos() {
        return (int) dynos.values().stream()
                .flatMap(of -> of.values().stream())
                .filter(dyno -> dyno.state() == DynoState.UP)
                .count();
    }

    int withoutRoom() {
        return withoutRoom;
    }

    /** What must hold at every moment; empty when it does. */
    List<String> violations() {
        List<String> violations = new ArrayList<>();
        Map<String, Integer> used = new HashMap<>();
        dynos.values()
                .forEach(of -> of.values().forEach(dyno -> {
                    if (agents.containsKey(dyno.nodeId())) {
                        used.merge(dyno.nodeId(), dyno.memoryMb(), Integer::sum);
                    } else {
                        violations.add(dyno.name() + " is on " + dyno.nodeId() + ", which is gone");
                    }
                }));
        agents.forEach((id, agent) -> {
            if (used.getOrDefault(id, 0) > agent.node.capacityMb()) {
                violations.add(id + " has " + used.get(id) + " MB of " + agent.node.capacityMb());
            }
        });
        return violations;
    }

    /** The greatest difference, over all apps, between the dynos in one zone and in another, and of one node over one. */
    List<Integer> worstSpread() {
        Set<String> zones = new HashSet<>();
        agents.values().forEach(agent -> zones.add(agent.node.zone()));
        int worstZones = 0;
        int mostOnANode = 0;
        for (Map<UUID, Dyno> of : dynos.values()) {
            Map<String, Integer> byZone = new HashMap<>();
            Map<String, Integer> byNode = new HashMap<>();
            zones.forEach(zone -> byZone.put(zone, 0));
            of.values().forEach(dyno -> {
                byZone.merge(agent(dyno.nodeId()).node.zone(), 1, Integer::sum);
                byNode.merge(dyno.nodeId(), 1, Integer::sum);
            });
            int most =
                    byZone.values().stream().mapToInt(Integer::intValue).max().orElse(0);
            int least =
                    byZone.values().stream().mapToInt(Integer::intValue).min().orElse(0);
            worstZones = Math.max(worstZones, most - least);
            mostOnANode = Math.max(
                    mostOnANode,
                    byNode.values().stream().mapToInt(Integer::intValue).max().orElse(0));
        }
        return List.of(worstZones, mostOnANode);
    }

    /** The least and the most loaded node, MB. */
    List<Integer> loads() {
        return List.of(
                agents.values().stream().mapToInt(agent -> agent.usedMb).min().orElse(0),
                agents.values().stream().mapToInt(agent -> agent.usedMb).max().orElse(0));
    }

    private Dyno dyno(UUID id, UUID app, String name, String node, int memoryMb, DynoState state) {
        return new Dyno(
                id,
                app,
                name,
                1,
                node,
                memoryMb,
                state,
                "10.0.0.2",
                5000,
                now,
                null,
                null,
                state == DynoState.UP,
                false,
                null,
                null,
                now);
    }
}
