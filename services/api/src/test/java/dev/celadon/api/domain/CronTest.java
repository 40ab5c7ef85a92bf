package dev.celadon.api.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "*/10 * * * *, 2026-03-01T10:09:59Z, 2026-03-01T10:10:00Z",
        "*/10 * * * *, 2026-03-01T10:10:00Z, 2026-03-01T10:20:00Z",
        "20 * * * *, 2026-12-31T23:30:00Z, 2027-01-01T00:20:00Z",
        "30 8 * * *, 2026-03-01T08:30:00Z, 2026-03-02T08:30:00Z",
        "0 0 29 2 *, 2026-03-01T00:00:00Z, 2028-02-29T00:00:00Z",
        "0 0 29 2 *, 2096-03-01T00:00:00Z, 2104-02-29T00:00:00Z",
        "0 0 31 * *, 2026-04-01T00:00:00Z, 2026-05-31T00:00:00Z",
        "0 9 * * mon-fri, 2026-01-02T09:00:00Z, 2026-01-05T09:00:00Z",
        "0 9 * * 7, 2026-01-01T00:00:00Z, 2026-01-04T09:00:00Z",
        "0 9 * * 0, 2026-01-01T00:00:00Z, 2026-01-04T09:00:00Z",
        "0 12 13 * fri, 2026-01-01T00:00:00Z, 2026-01-02T12:00:00Z",
        "0 12 13 * fri, 2026-01-09T12:00:00Z, 2026-01-13T12:00:00Z",
        "5-15/5 1 * JAN *, 2026-01-01T01:05:00Z, 2026-01-01T01:10:00Z",
        "50/4 * * * *, 2026-01-01T00:00:00Z, 2026-01-01T00:50:00Z",
        "59 23 31 12 *, 2026-12-31T23:59:00Z, 2027-12-31T23:59:00Z"
    })
    void theNextMomentIsFound(String expression, Instant after, Instant next) {
        assertThat(Cron.parse(expression).next(after)).contains(next);
    }

    @Test
    void listsTakeCommasInQuotes() {
        assertThat(minutesOfAnHour("0,15,30-31 * * * *")).containsExactly(0, 15, 30, 31);
        assertThat(minutesOfAnHour("*/25 * * * *")).containsExactly(0, 25, 50);
    }

    @Test
    void aDayThatNeverComesHasNoNextMoment() {
        assertThat(Cron.parse("0 0 30 2 *").next(START)).isEmpty();
        assertThat(Cron.parse("0 0 31 4,6,9,11 *").next(START)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "-1 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * 32 * *",
                "* * * 0 *",
                "* * * 13 *",
                "* * * * 8",
                "5-1 * * * *",
                "*/0 * * * *",
                "1/2/3 * * * *",
                "1-2-3 * * * *",
                "a * * * *",
                "* * * foo *",
                ", * * * *",
                "1, * * * *",
                "*/x * * * *",
                "* * mon * *",
                "1.5 * * * *",
                "@daily",
                "999999999999 * * * *"
            })
    void whatIsWrongIsSaid(String expression) {
        assertThatThrownBy(() -> Cron.parse(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    /** Every minute of a span is held against the plain reading of the fields. */
    @Test
    void everyMomentOfRandomExpressionsIsWhatTheFieldsSay() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            Fields fields = Fields.random(random);
            Cron cron = Cron.parse(fields.text());
            LocalDateTime from = LocalDateTime.of(2023 + random.nextInt(6), 1 + random.nextInt(12), 1, 0, 0)
                    .plusMinutes(random.nextInt(40_000));
            LocalDateTime at = from.plusMinutes(1);
            LocalDateTime end = from.plusDays(40);
            while (at.isBefore(end) && !fields.matches(at)) {
                at = at.plusMinutes(1);
            }
            var next = cron.next(from.toInstant(ZoneOffset.UTC));
            if (at.isBefore(end)) {
                assertThat(next).as(fields.text() + " after " + from).contains(at.toInstant(ZoneOffset.UTC));
            } else if (next.isPresent()) {
                assertThat(next.get())
                        .as(fields.text() + " after " + from)
                        .isAfterOrEqualTo(end.toInstant(ZoneOffset.UTC));
            }
        }
    }

    @Test
    void momentsGoForwardAndNoneIsLeftOut() {
        Cron cron = Cron.parse("7,37 */6 * * *");
        List<Instant> found = new ArrayList<>();
        Instant at = START.minusSeconds(1);
        while (at.isBefore(START.plus(2, ChronoUnit.DAYS))) {
            at = cron.next(at).orElseThrow();
            found.add(at);
        }
        assertThat(found).hasSize(17).isSorted().doesNotHaveDuplicates();
    }

    private static List<Integer> minutesOfAnHour(String expression) {
        List<Integer> minutes = new ArrayList<>();
        Instant at = START.minusSeconds(1);
        while (true) {
            at = Cron.parse(expression).next(at).orElseThrow();
            if (!at.isBefore(START.plus(1, ChronoUnit.HOURS))) {
                return minutes;
            }
            minutes.add(at.atOffset(ZoneOffset.UTC).getMinute());
        }
    }

    /** An expression and what each field of it allows. */
    private record Fields(String text, List<Set<Integer>> allowed, boolean isEitherDay) {
        private static final int[][] BOUNDS = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};

        static Fields random(Random random) {
            List<String> words = new ArrayList<>();
            List<Set<Integer>> allowed = new ArrayList<>();
            for (int[] bounds : BOUNDS) {
                int least = bounds[0];
                int most = bounds[1];
                Set<Integer> values = new TreeSet<>();
                List<String> parts = new ArrayList<>();
                int kind = random.nextInt(5);
                int by = 1 + random.nextInt(7);
                int one = least + random.nextInt(most - least + 1);
                int other = one + random.nextInt(most - one + 1);
                switch (kind) {
                    case 0, 1 -> {
                        parts.add("*");
                        add(values, least, most, 1);
                    }
                    case 2 -> {
                        parts.add("*/" + by);
                        add(values, least, most, by);
                    }
                    case 3 -> {
                        parts.add(one + "-" + other + "/" + by);
                        add(values, one, other, by);
                    }
                    default -> {
                        parts.add(Integer.toString(one));
                        parts.add(Integer.toString(other));
                        values.add(one);
                        values.add(other);
                    }
                }
                words.add(String.join(",", parts));
                allowed.add(values);
            }
            boolean isEitherDay = !words.get(2).startsWith("*") && !words.get(4).startsWith("*");
            return new Fields(String.join(" ", words), allowed, isEitherDay);
        }

        private static void add(Set<Integer> values, int from, int to, int by) {
            for (int value = from; value <= to; value += by) {
                values.add(value);
            }
        }

        boolean matches(LocalDateTime at) {
            boolean isOfMonth = allowed.get(2).contains(at.getDayOfMonth());
            boolean isOfWeek = allowed.get(4).contains(at.getDayOfWeek().getValue() % 7);
            return allowed.get(0).contains(at.getMinute())
                    && allowed.get(1).contains(at.getHour())
                    && allowed.get(3).contains(at.getMonthValue())
                    && (isEitherDay ? isOfMonth || isOfWeek : isOfMonth && isOfWeek);
        }
    }
}
