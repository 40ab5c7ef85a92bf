package dev.celadon.manifold.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeWatchTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private final NodeWatch watch = new NodeWatch(Duration.ofSeconds(15));

    @Test
    void aNodeThatIsSilentForLongEnoughIsLost() {
        for (int second = 0; second < 15; second += 2) {
            assertThat(watch.lost(Map.of("a", NOON, "b", at(second)), at(second)))
                    .isEmpty();
        }
        assertThat(watch.lost(Map.of("a", NOON, "b", at(16)), at(16))).containsExactly("a");
        assertThat(watch.lost(Map.of("a", at(18), "b", at(18)), at(18))).isEmpty();
    }

    @Test
    void anOldWordProvesNothingToANewLeader() {
        assertThat(watch.lost(Map.of("a", NOON.minusSeconds(3_600)), NOON)).isEmpty();
    }

    @Test
    void aGapInTheWatchingProvesNothing() {
        watch.lost(Map.of("a", NOON), NOON);
        assertThat(watch.lost(Map.of("a", NOON), at(60))).isEmpty();
        for (int second = 62; second < 75; second += 2) {
            assertThat(watch.lost(Map.of("a", NOON), at(second))).isEmpty();
        }
        assertThat(watch.lost(Map.of("a", NOON), at(75))).containsExactly("a");
    }

    @Test
    void anotherLeadershipBeginsAnew() {
        for (int second = 0; second < 15; second += 2) {
            watch.lost(Map.of("a", NOON), at(second));
        }
        watch.reset();
        assertThat(watch.lost(Map.of("a", NOON), at(16))).isEmpty();
    }

    private static Instant at(int second) {
        return NOON.plusSeconds(second);
    }
}
