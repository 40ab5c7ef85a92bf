package dev.celadon.logplex.domain;

import dev.celadon.contract.LogLine;

/** A line with its place in its app's log; {@code sequence} grows along the log, with gaps. */
public record NumberedLine(long sequence, LogLine line) {
    /** {@code 2026-11-24T01:02:03.123456+00:00 app[web.1]: text}. */
    public String display() {
        return display(line);
    }

    public static String display(LogLine line) {
        return Timestamps.format(line.at()) + " " + line.source() + "[" + line.process() + "]: " + line.text();
    }
}
