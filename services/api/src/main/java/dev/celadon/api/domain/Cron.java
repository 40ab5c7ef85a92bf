package dev.celadon.api.domain;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A cron expression of five fields, UTC: minute, hour, day of month, month, day of week. Fields are {@code *}, numbers,
 * names, ranges, lists and steps; where both day fields are given, a day of either counts. Each field is a set of bits.
 */
public record Cron(long minutes, long hours, long daysOfMonth, long months, long daysOfWeek, boolean isEitherDay) {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    /** Every date comes again within 28 years, and within 40 across a century without a leap year. */
    private static final int MOST_YEARS = 40;

    /** @throws IllegalArgumentException naming the field that is wrong and what is expected */
    public static Cron parse(String text) {
        String[] fields = text.strip().toLowerCase(Locale.ROOT).split("\\s+");
        if (fields.length != 5) {
            throw new IllegalArgumentException(
                    fields.length + " fields (expected: minute hour day-of-month month day-of-week)");
        }
        long daysOfWeek = field("day of week", fields[4], 0, 7, DAYS);
        // Both 0 and 7 are Sunday.
        daysOfWeek |= daysOfWeek >>> 7 & 1;
        return new Cron(
                field("minute", fields[0], 0, 59, List.of()),
                field("hour", fields[1], 0, 23, List.of()),
                field("day of month", fields[2], 1, 31, List.of()),
                field("month", fields[3], 1, 12, MONTHS),
                daysOfWeek,
                !fields[2].startsWith("*") && !fields[4].startsWith("*"));
    }

    /** The first moment after this one that matches; empty when there is none, as on 30 February. */
    public Optional<Instant> next(Instant after) {
        LocalDateTime at = LocalDateTime.ofInstant(after, ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.MINUTES)
                .plusMinutes(1);
        int lastYear = at.getYear() + MOST_YEARS;
        while (at.getYear() <= lastYear) {
            if (!has(months, at.getMonthValue())) {
                at = at.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
            } else if (!isDay(at)) {
                at = at.truncatedTo(ChronoUnit.DAYS).plusDays(1);
            } else if (!has(hours, at.getHour())) {
                at = at.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!has(minutes, at.getMinute())) {
                at = at.plusMinutes(1);
            } else {
                return Optional.of(at.toInstant(ZoneOffset.UTC));
            }
        }
        return Optional.empty();
    }

    private boolean isDay(LocalDateTime at) {
        boolean isOfMonth = has(daysOfMonth, at.getDayOfMonth());
        boolean isOfWeek = has(daysOfWeek, at.getDayOfWeek().getValue() % 7);
        return isEitherDay ? isOfMonth || isOfWeek : isOfMonth && isOfWeek;
    }

    private static boolean has(long bits, int value) {
        return (bits >>> value & 1) == 1;
    }

    private static long field(String name, String text, int least, int most, List<String> names) {
        long bits = 0;
        for (String part : text.split(",", -1)) {
            String[] step = part.split("/", -1);
            String[] range = step[0].split("-", -1);
            if (step.length > 2 || range.length > 2) {
                throw wrong(name, part, least, most);
            }
            boolean isAny = step[0].equals("*");
            int from = isAny ? least : value(name, range[0], least, most, names);
            // With a step, a single number begins a range that is open.
            int to = isAny || (range.length == 1 && step.length == 2) ? most : from;
            if (range.length == 2) {
                to = value(name, range[1], least, most, names);
            }
            int by = step.length == 2 ? number(step[1]) : 1;
            if (by < 1 || from > to) {
                throw wrong(name, part, least, most);
            }
            for (int value = from; value <= to; value += by) {
                bits |= 1L << value;
            }
        }
        return bits;
    }

    private static int value(String name, String text, int least, int most, List<String> names) {
        int named = names.indexOf(text);
        int value = named >= 0 ? named + least : number(text);
        if (value < least || value > most) {
            throw wrong(name, text, least, most);
        }
        return value;
    }

    private static int number(String text) {
        return text.matches("\\d{1,2}") ? Integer.parseInt(text) : -1;
    }

    private static IllegalArgumentException wrong(String name, String text, int least, int most) {
        return new IllegalArgumentException(
                name + ": " + text + " (expected: *, " + least + ".." + most + ", a range, a list or a step)");
    }
}
