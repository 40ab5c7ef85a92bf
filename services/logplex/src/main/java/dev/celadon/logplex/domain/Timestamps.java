package dev.celadon.logplex.domain;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Time as log lines carry it: {@code 2026-11-24T01:02:03.123456+00:00}. */
final class Timestamps {
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'+00:00'").withZone(ZoneOffset.UTC);

    private Timestamps() {}

    static String format(Instant time) {
        return MICROSECONDS.format(time);
    }
}
