package dev.celadon.manifold.scheduler.domain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Where new dynos go: the zone, then the node with the fewest of their kind, then the least loaded that has room. Each
 * placement counts for the next one, so a whole pass is placed against one instance.
 *
 * <p>A search looks at the nodes that have the kind already and at the least loaded of each zone and capacity, so its
 * cost follows the kind's own size, not the number of nodes. Not for more than one thread.
 */
public final class Placement {
    private static final Comparator<Spot> BY_LOAD =
            Comparator.<Spot>comparingInt(spot -> spot.usedMb).thenComparing(spot -> spot.id);
    private static final Comparator<Choice> BEST = Comparator.comparingInt(Choice::ofKind)
            .thenComparingDouble(Choice::load)
            .thenComparing(Choice::id);

    private final Map<String, Spot> spots = new HashMap<>();
    private final Map<String, Zone> zones = new TreeMap<>();
    private final Map<Kind, Counts> kinds = new HashMap<>();

    /** A node that lives. */
    public record Node(String id, String zone, int capacityMb) {}

    /** Dynos that are spread against each other: those of one process type of one app. */
    public record Kind(UUID appId, String type) {}

    private record Choice(Spot spot, int ofKind) {
        double load() {
            return (double) spot.usedMb / Math.max(1, spot.capacityMb);
        }

        String id() {
            return spot.id;
        }
    }

    /** A node's place in its zone; it leaves its set before its load changes, and comes back after. */
    private static final class Spot {
        final String id;
        final Zone zone;
        final int capacityMb;
        final Set<Kind> kinds = new HashSet<>();
        int usedMb;

        Spot(String id, Zone zone, int capacityMb) {
            this.id = id;
            this.zone = zone;
            this.capacityMb = capacityMb;
        }

        boolean hasRoomFor(int memoryMb) {
            return usedMb + memoryMb <= capacityMb;
        }
    }

    /** Nodes of one zone by capacity, the least loaded first: the first without room ends the search among its equals. */
    private static final class Zone {
        final Map<Integer, SortedSet<Spot>> byCapacity = new TreeMap<>();

        SortedSet<Spot> like(Spot spot) {
            return byCapacity.computeIfAbsent(spot.capacityMb, capacity -> new TreeSet<>(BY_LOAD));
        }
    }

    private static final class Counts {
        final Map<Zone, Integer> byZone = new HashMap<>();
        final Map<Spot, Integer> bySpot = new HashMap<>();
    }

    public Placement(Collection<Node> nodes) {
        nodes.forEach(this::add);
    }

    public void add(Node node) {
        Zone zone = zones.computeIfAbsent(node.zone(), name -> new Zone());
        Spot spot = new Spot(node.id(), zone, node.capacityMb());
        spots.put(node.id(), spot);
        zone.like(spot).add(spot);
    }

    /** A dyno that is there already. One on a node that does not live counts for nothing. */
    public void occupy(Kind kind, String nodeId, int memoryMb) {
        Spot spot = spots.get(nodeId);
        if (spot != null) {
            change(kind, spot, memoryMb, 1);
        }
    }

    /** A dyno that is gone. */
    public void vacate(Kind kind, String nodeId, int memoryMb) {
        Spot spot = spots.get(nodeId);
        if (spot != null) {
            change(kind, spot, -memoryMb, -1);
        }
    }

    /** A node that is gone, with all that was on it. */
    public void remove(String nodeId) {
        Spot spot = spots.remove(nodeId);
        if (spot != null) {
            spot.zone.like(spot).remove(spot);
            spot.kinds.forEach(kind -> {
                Counts counts = counts(kind);
                add(counts.byZone, spot.zone, -counts.bySpot.getOrDefault(spot, 0));
                counts.bySpot.remove(spot);
                forgetEmpty(kind, counts);
            });
        }
    }

    /** The node the dyno goes to, on which it counts from now on. Empty when none has room: a state, not a reason to retry. */
    public Optional<String> place(Kind kind, int memoryMb) {
        Counts counts = kinds.getOrDefault(kind, new Counts());
        TreeMap<Integer, List<Zone>> byCount = new TreeMap<>();
        zones.values()
                .forEach(
                        zone -> byCount.computeIfAbsent(counts.byZone.getOrDefault(zone, 0), count -> new ArrayList<>())
                                .add(zone));
        for (List<Zone> equal : byCount.values()) {
            Optional<Choice> best = equal.stream()
                    .flatMap(zone -> best(zone, counts, memoryMb).stream())
                    .min(BEST);
            if (best.isPresent()) {
                change(kind, best.get().spot(), memoryMb, 1);
                return best.map(Choice::id);
            }
        }
        return Optional.empty();
    }

    private static Optional<Choice> best(Zone zone, Counts counts, int memoryMb) {
        List<Choice> choices = new ArrayList<>();
        zone.byCapacity
                .values()
                .forEach(alike -> alike.stream()
                        .takeWhile(spot -> spot.hasRoomFor(memoryMb))
                        .filter(spot -> !counts.bySpot.containsKey(spot))
                        .findFirst()
                        .ifPresent(spot -> choices.add(new Choice(spot, 0))));
        if (choices.isEmpty()) {
            counts.bySpot.forEach((spot, count) -> {
                if (spot.zone == zone && spot.hasRoomFor(memoryMb)) {
                    choices.add(new Choice(spot, count));
                }
            });
        }
        return choices.stream().min(BEST);
    }

    private void change(Kind kind, Spot spot, int memoryMb, int dynos) {
        SortedSet<Spot> alike = spot.zone.like(spot);
        alike.remove(spot);
        spot.usedMb += memoryMb;
        alike.add(spot);
        Counts counts = counts(kind);
        add(counts.byZone, spot.zone, dynos);
        add(counts.bySpot, spot, dynos);
        if (counts.bySpot.containsKey(spot)) {
            spot.kinds.add(kind);
        } else {
            spot.kinds.remove(kind);
            forgetEmpty(kind, counts);
        }
    }

    private Counts counts(Kind kind) {
        return kinds.computeIfAbsent(kind, fresh -> new Counts());
    }

    private void forgetEmpty(Kind kind, Counts counts) {
        if (counts.bySpot.isEmpty()) {
            kinds.remove(kind);
        }
    }

    private static <K> void add(Map<K, Integer> counts, K key, int dynos) {
        // A count of zero is no entry: the search asks whether a node has any.
        counts.merge(key, dynos, (before, more) -> before + more == 0 ? null : before + more);
    }
}
