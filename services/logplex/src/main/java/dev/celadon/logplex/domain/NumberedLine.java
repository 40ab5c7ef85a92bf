package dev.celadon.logplex.domain;

import dev.celadon.contract.LogLine;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** A line with its place in its app's log; {@code sequence} grows along the log, with gaps. */
public record NumberedLine(long sequence, LogLine line) {
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'+00:00'").withZone(ZoneOffset.UTC);

    /** {@code 2026-11-24T01:02:03.123456+00:00 app[web.1]: text}. */
    public String display() {
        return display(line);
    }

    public static String display(LogLine line) {
        return MICROSECONDS.format(line.at()) + " " + line.source() + "[" + line.process() + "]: " + line.text();
    }
}
