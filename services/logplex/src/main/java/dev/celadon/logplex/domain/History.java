package dev.celadon.logplex.domain;

import dev.celadon.contract.LogLine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The newest lines of one app, oldest first, up to a bound. */
public final class History {
    private final int capacity;
    private final Deque<NumberedLine> lines = new ArrayDeque<>();
    private long next;

    public History(int capacity, long next) {
        this.capacity = capacity;
        this.next = next;
    }

    public NumberedLine append(LogLine line) {
        NumberedLine numbered = new NumberedLine(next++, line);
        lines.add(numbered);
        if (lines.size() > capacity) {
            lines.poll();
        }
        return numbered;
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
        return new ArrayList<>(lines);
    }
}
