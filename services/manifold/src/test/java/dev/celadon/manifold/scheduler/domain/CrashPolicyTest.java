package dev.celadon.manifold.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.manifold.scheduler.domain.CrashPolicy.Crashes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrashPolicyTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private final CrashPolicy policy = new CrashPolicy(Duration.ofMinutes(10));

    @Test
    void theFirstCrashRestartsAtOnce() {
        assertThat(policy.mayStart(new Crashes(1, NOON), NOON)).isTrue();
    }

    @Test
    void crashedDynoWaitsTenMinutesBeforeItsSecondRestart() {
        Crashes twice = policy.after(new Crashes(1, NOON), NOON, NOON.plusSeconds(5));
        assertThat(twice.count()).isEqualTo(2);
        assertThat(policy.mayStart(twice, NOON.plusSeconds(5 + 599))).isFalse();
        assertThat(policy.mayStart(twice, NOON.plusSeconds(5 + 600))).isTrue();
    }

    @Test
    void aLongRunForgivesEarlierCrashes() {
        assertThat(policy.after(new Crashes(3, NOON), NOON, NOON.plusSeconds(601))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void dynosSpreadOverZonesThenNodesThenLoad() {
        var a = new Placement.Node("a", "east", 1_000, 0, 1);
        var b = new Placement.Node("b", "east", 1_000, 0, 0);
        var c = new Placement.Node("c", "west", 1_000, 900, 0);
        assertThat(Placement.choose(List.of(a, b, c), 100)).contains(c);
        assertThat(Placement.choose(List.of(a, b, c), 200)).contains(b);
        assertThat(Placement.choose(List.of(a, b, c), 2_000)).isEmpty();
    }
}
