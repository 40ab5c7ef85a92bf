package dev.celadon.api.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobScheduleTest {
    private static final Instant NOON = Instant.parse("2026-05-05T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @ParameterizedTest
    @CsvSource({
        "every 10 minutes, 2026-05-05T12:10:00Z",
        "Every  10 minutes, 2026-05-05T12:10:00Z",
        "every hour, 2026-05-05T13:00:00Z",
        "hourly at :05, 2026-05-05T12:05:00Z",
        "every hour at 20, 2026-05-05T12:20:00Z",
        "every day at 08:30, 2026-05-06T08:30:00Z",
        "daily at 12:00, 2026-05-06T12:00:00Z",
        "0 13 * * *, 2026-05-05T13:00:00Z"
    })
    void wordsAndCronExpressionsSayWhen(String text, Instant next) {
        assertThat(JobSchedule.parse(text).next(NOON)).isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({"sometimes", "every 10 hours", "every day at 24:00", "every day at 8", "0 0 30 2 *", "61 * * * *"})
    void whatIsNoScheduleIsRefused(String text) {
        assertThatThrownBy(() -> JobSchedule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void aJobThatIsDueRunsAndIsDueAgain() {
        assertThat(due("every 10 minutes", NOON, NOON.plusSeconds(1), true))
                .isEqualTo(new DueTicks(Optional.of(NOON), java.util.List.of(), 0, NOON.plusSeconds(600)));
    }

    @Test
    void ofManyMissedRunsTheNewestIsMadeUpForOnce() {
        DueTicks ticks = due("every 10 minutes", NOON, NOON.plusSeconds(1_500), true);
        assertThat(ticks.run()).contains(NOON.plusSeconds(1_200));
        assertThat(ticks.missed()).containsExactly(NOON, NOON.plusSeconds(600));
        assertThat(ticks.next()).isEqualTo(NOON.plusSeconds(1_800));
    }

    @Test
    void orNoneIsWhenTheJobSaysSo() {
        DueTicks ticks = due("every 10 minutes", NOON, NOON.plusSeconds(1_500), false);
        assertThat(ticks.run()).isEmpty();
        assertThat(ticks.missed()).containsExactly(NOON, NOON.plusSeconds(600), NOON.plusSeconds(1_200));
        assertThat(ticks.missedCount()).isEqualTo(3);
    }

    @Test
    void aRunThatIsOnTimeRunsWhateverWasMissed() {
        DueTicks ticks = due("every 10 minutes", NOON, NOON.plusSeconds(1_230), false);
        assertThat(ticks.run()).contains(NOON.plusSeconds(1_200));
        assertThat(ticks.missedCount()).isEqualTo(2);
    }

    @Test
    void aLongAbsenceIsNotedInBoundedSpace() {
        DueTicks ticks = due("* * * * *", NOON, NOON.plus(Duration.ofDays(30)), true);
        assertThat(ticks.missedCount()).isEqualTo(30 * 24 * 60);
        assertThat(ticks.missed()).hasSize(50);
        assertThat(ticks.run()).contains(NOON.plus(Duration.ofDays(30)));
    }

    private static DueTicks due(String schedule, Instant due, Instant now, boolean isCatchingUp) {
        return DueTicks.at(JobSchedule.parse(schedule), due, now, MINUTE, isCatchingUp);
    }
}
