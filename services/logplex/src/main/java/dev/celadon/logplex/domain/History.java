package dev.celadon.logplex.domain;

import dev.celadon.contract.LogLine;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The newest lines of one app, oldest first, up to a bound.
 *
 * <p>A sequence number is the microsecond of arrival, pushed up where two lines share one. So it keeps growing over a
 * restart, even one that lost the last lines, and a reader that comes back can resume.
 */
public final class History {
    private static final long MICROS = 1_000_000;

    private final int capacity;
    private final Deque<NumberedLine> lines = new ArrayDeque<>();
    private long last;

    public History(int capacity) {
        this.capacity = capacity;
    }

    /** The number of a line that comes then. */
    public static long sequence(Instant time) {
        return time.getEpochSecond() * MICROS + time.getNano() / 1_000;
    }

    public NumberedLine append(Instant arrivedAt, LogLine line) {
        NumberedLine numbered = new NumberedLine(Math.max(last + 1, sequence(arrivedAt)), line);
        keep(numbered);
        return numbered;
    }

    /** Takes back what an earlier life held, oldest first; what is out of order is left out. */
    public void restore(List<NumberedLine> earlier) {
        earlier.stream().filter(line -> line.sequence() > last).forEach(this::keep);
    }

    /** The newest {@code most} that the filter accepts. */
    public List<NumberedLine> newest(int most, LogFilter filter) {
        List<NumberedLine> accepted =
                lines.stream().filter(line -> filter.accepts(line.line())).toList();
        return accepted.subList(Math.max(0, accepted.size() - most), accepted.size());
    }

    /** Everything accepted after a sequence number. */
    public List<NumberedLine> after(long sequence, LogFilter filter) {
        return lines.stream()
                .filter(line -> line.sequence() > sequence && filter.accepts(line.line()))
                .toList();
    }

    public List<NumberedLine> all() {
        return List.copyOf(lines);
    }

    /** Whether nothing arrived since then. */
    public boolean isIdleSince(Instant time) {
        return last < sequence(time);
    }

    private void keep(NumberedLine numbered) {
        lines.add(numbered);
        last = numbered.sequence();
        if (lines.size() > capacity) {
            lines.poll();
        }
    }
}
