package dev.celadon.manifold.scheduler.domain;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Where a new dyno goes: the zone, then the node with the fewest of its kind, then the least loaded that has room. */
public final class Placement {
    private Placement() {}

    /**
     * A node that lives.
     *
     * @param usedMb quotas of the dynos it has
     * @param sameKind dynos of the same app and type it has
     */
    public record Node(String id, String zone, int capacityMb, int usedMb, int sameKind) {}

    /** Empty when no node has room: a state, not a reason to try in a loop. */
    public static Optional<Node> choose(List<Node> nodes, int memoryMb) {
        Comparator<Node> byZone = Comparator.comparingInt(node -> nodes.stream()
                .filter(other -> other.zone().equals(node.zone()))
                .mapToInt(Node::sameKind)
                .sum());
        return nodes.stream()
                .filter(node -> node.usedMb() + memoryMb <= node.capacityMb())
                .min(byZone.thenComparingInt(Node::sameKind)
                        .thenComparingDouble(node -> (double) node.usedMb() / node.capacityMb())
                        .thenComparing(Node::id));
    }
}
