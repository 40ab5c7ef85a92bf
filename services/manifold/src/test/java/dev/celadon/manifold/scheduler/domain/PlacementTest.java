package dev.celadon.manifold.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.manifold.scheduler.domain.Placement.Kind;
import dev.celadon.manifold.scheduler.domain.Placement.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final Kind WEB = new Kind(Given.APP, "web");
    private static final Kind OTHER = new Kind(UUID.randomUUID(), "web");

    @Test
    void dynosSpreadOverZonesThenNodesThenLoad() {
        Placement placement = new Placement(
                List.of(new Node("a", "east", 1_000), new Node("b", "east", 1_000), new Node("c", "west", 1_000)));
        placement.occupy(WEB, "a", 0);
        placement.occupy(OTHER, "c", 800);
        assertThat(placement.place(WEB, 100)).contains("c");
        assertThat(placement.place(WEB, 100)).contains("b");
        assertThat(placement.place(WEB, 2_000)).isEmpty();
    }

    @Test
    void aWholePassIsSpreadNotPutOnOneNode() {
        Placement placement = new Placement(
                List.of(new Node("a", "one", 4_096), new Node("b", "one", 4_096), new Node("c", "one", 4_096)));
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            nodes.add(placement.place(WEB, 512).orElseThrow());
        }
        assertThat(nodes).containsExactlyInAnyOrder("a", "a", "b", "b", "c", "c");
    }

    @Test
    void aFullZoneGivesWayToTheNext() {
        Placement placement = new Placement(List.of(new Node("a", "east", 512), new Node("b", "west", 4_096)));
        assertThat(placement.place(OTHER, 512)).contains("a");
        assertThat(placement.place(WEB, 512)).contains("b");
        assertThat(placement.place(WEB, 512)).contains("b");
    }

    /** Each choice is held against a plain search over all nodes. */
    @Test
    void everyChoiceIsThatOfThePlainSearch() {
        Random random = new Random(11);
        for (int round = 0; round < 60; round++) {
            Plain plain = new Plain();
            for (int i = 0; i < 1 + random.nextInt(12); i++) {
                plain.nodes.add(new Node("n" + i, "z" + random.nextInt(3), 512 * (1 + random.nextInt(12))));
            }
            Placement placement = new Placement(plain.nodes);
            List<Kind> kinds = List.of(WEB, OTHER, new Kind(Given.APP, "worker"));
            List<Placed> placed = new ArrayList<>();
            for (int step = 0; step < 80; step++) {
                int what = random.nextInt(10);
                if (what == 0 && !placed.isEmpty()) {
                    Placed gone = placed.remove(random.nextInt(placed.size()));
                    placement.vacate(gone.kind(), gone.node(), gone.memoryMb());
                    plain.change(gone, -1);
                } else if (what == 1 && plain.nodes.size() > 1 && random.nextInt(4) == 0) {
                    Node gone = plain.nodes.remove(random.nextInt(plain.nodes.size()));
                    placement.remove(gone.id());
                    placed.removeIf(dyno -> dyno.node().equals(gone.id()));
                    plain.forget(gone);
                } else {
                    Kind kind = kinds.get(random.nextInt(kinds.size()));
                    int memoryMb = 256 << random.nextInt(4);
                    Optional<String> expected = plain.choose(kind, memoryMb);
                    assertThat(placement.place(kind, memoryMb)).isEqualTo(expected);
                    expected.ifPresent(node -> {
                        Placed dyno = new Placed(kind, node, memoryMb);
                        placed.add(dyno);
                        plain.change(dyno, 1);
                    });
                }
            }
        }
    }

    private record Placed(Kind kind, String node, int memoryMb) {}

    /** The rule as one comparator over all nodes. */
    private static final class Plain {
        final List<Node> nodes = new ArrayList<>();
        final Map<String, Integer> used = new HashMap<>();
        final Map<String, Integer> ofKind = new HashMap<>();

        Optional<String> choose(Kind kind, int memoryMb) {
            Comparator<Node> byZone = Comparator.comparingInt(node -> nodes.stream()
                    .filter(other -> other.zone().equals(node.zone()))
                    .mapToInt(other -> count(kind, other))
                    .sum());
            return nodes.stream()
                    .filter(node -> used(node) + memoryMb <= node.capacityMb())
                    .min(byZone.thenComparingInt(node -> count(kind, node))
                            .thenComparingDouble(node -> (double) used(node) / node.capacityMb())
                            .thenComparing(Node::id))
                    .map(Node::id);
        }

        void change(Placed dyno, int by) {
            used.merge(dyno.node(), by * dyno.memoryMb(), Integer::sum);
            ofKind.merge(dyno.node() + dyno.kind(), by, Integer::sum);
        }

        void forget(Node node) {
            used.remove(node.id());
            ofKind.keySet().removeIf(key -> key.startsWith(node.id() + "Kind"));
        }

        private int used(Node node) {
            return used.getOrDefault(node.id(), 0);
        }

        private int count(Kind kind, Node node) {
            return ofKind.getOrDefault(node.id() + kind, 0);
        }
    }
}
