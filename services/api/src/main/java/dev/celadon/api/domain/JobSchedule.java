package dev.celadon.api.domain;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When a job runs: {@code every 10 minutes}, {@code every hour at :20}, {@code every day at 08:30}, or a cron expression; UTC. */
public record JobSchedule(String text, Cron cron) {
    private static final Pattern HOURLY = Pattern.compile("(?:every hour|hourly)(?: at :?([0-5]?\\d))?");
    private static final Pattern DAILY = Pattern.compile("(?:every day|daily) at ([01]?\\d|2[0-3]):([0-5]\\d)");

    /** @throws IllegalArgumentException saying what is wrong and what is expected */
    public static JobSchedule parse(String given) {
        String text = given.strip().replaceAll("\\s+", " ");
        String words = text.toLowerCase(Locale.ROOT);
        Matcher hourly = HOURLY.matcher(words);
        Matcher daily = DAILY.matcher(words);
        if (words.equals("every 10 minutes")) {
            return of(words, "*/10 * * * *");
        }
        if (hourly.matches()) {
            return of(words, Optional.ofNullable(hourly.group(1)).orElse("0") + " * * * *");
        }
        if (daily.matches()) {
            return of(words, daily.group(2) + " " + daily.group(1) + " * * *");
        }
        try {
            return of(text, text);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(wrong.getMessage()
                    + "; expected: every 10 minutes, every hour at :20, every day at 08:30, or a cron expression");
        }
    }

    private static JobSchedule of(String text, String expression) {
        Cron cron = Cron.parse(expression);
        if (cron.next(Instant.EPOCH).isEmpty()) {
            throw new IllegalArgumentException(text + " never comes");
        }
        return new JobSchedule(text, cron);
    }

    public Instant next(Instant after) {
        return cron.next(after).orElseThrow();
    }
}
