package dev.celadon.manifold.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.manifold.scheduler.domain.CrashPolicy.Crashes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrashPolicyTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private final CrashPolicy flat = new CrashPolicy(Duration.ofMinutes(10), false);
    private final CrashPolicy exponential = new CrashPolicy(Duration.ofMinutes(10), true);

    @Test
    void theFirstCrashRestartsAtOnce() {
        assertThat(flat.mayStart(flat.after(Crashes.NONE, NOON, NOON.plusSeconds(3)), NOON.plusSeconds(3)))
                .isTrue();
    }

    @Test
    void aDynoWithoutACrashStarts() {
        assertThat(flat.mayStart(Crashes.NONE, NOON)).isTrue();
    }

    @Test
    void aCrashedDynoWaitsTenMinutesBeforeItsSecondRestart() {
        Crashes twice = flat.after(new Crashes(1, NOON), NOON, NOON.plusSeconds(5));
        assertThat(twice.count()).isEqualTo(2);
        assertThat(flat.mayStart(twice, NOON.plusSeconds(5 + 599))).isFalse();
        assertThat(flat.mayStart(twice, NOON.plusSeconds(5 + 600))).isTrue();
    }

    @Test
    void eachFurtherAttemptComesOnceAndTenMinutesLater() {
        assertThat(starts(flat, 6)).containsExactly(0L, 3L, 606L, 1_209L, 1_812L, 2_415L);
    }

    @Test
    void theCoolDownMayDoubleUpToADay() {
        assertThat(starts(exponential, 6)).containsExactly(0L, 3L, 606L, 1_809L, 4_212L, 9_015L);
        Crashes many = new Crashes(60, NOON);
        assertThat(Duration.between(NOON, exponential.nextStart(many))).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void aLongRunForgivesEarlierCrashes() {
        assertThat(flat.after(new Crashes(3, NOON), NOON, NOON.plusSeconds(601)).count())
                .isEqualTo(1);
        assertThat(flat.after(new Crashes(3, NOON), NOON, NOON.plusSeconds(600)).count())
                .isEqualTo(4);
    }

    /** Seconds after noon at which an app that lives three seconds is started. */
    private static List<Long> starts(CrashPolicy policy, int count) {
        List<Long> starts = new ArrayList<>();
        Crashes crashes = Crashes.NONE;
        Instant at = NOON;
        while (starts.size() < count) {
            starts.add(Duration.between(NOON, at).toSeconds());
            crashes = policy.after(crashes, at, at.plusSeconds(3));
            at = policy.nextStart(crashes);
        }
        return starts;
    }
}
