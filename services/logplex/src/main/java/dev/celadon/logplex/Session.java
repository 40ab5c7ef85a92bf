package dev.celadon.logplex;

import dev.celadon.contract.LogError;
import dev.celadon.logplex.domain.LogFilter;
import dev.celadon.logplex.domain.LossyBuffer;
import dev.celadon.logplex.domain.NumberedLine;
import java.time.Clock;
import java.util.Optional;

/** One reader: gets lines as fast as it takes them, and is told (L11) what it lost when it was too slow. */
final class Session {
    private final Reader reader;
    private final LogFilter filter;
    private final LossyBuffer<NumberedLine> behind;
    private final Clock clock;

    /** Where the lines go: a WebSocket, server-sent events or plain text. */
    interface Reader {
        boolean isFull();

        void line(NumberedLine line);

        /** A line of the platform about this session. */
        void notice(String text);
    }

    Session(Reader reader, LogFilter filter, int buffer, Clock clock) {
        this.reader = reader;
        this.filter = filter;
        this.behind = new LossyBuffer<>(buffer);
        this.clock = clock;
    }

    void offer(NumberedLine line) {
        if (filter.accepts(line.line())) {
            behind.push(line);
            flush();
        }
    }

    /** Called again whenever the reader has room. */
    void flush() {
        while (!reader.isFull() && !behind.isEmpty()) {
            long lost = behind.takeLoss();
            if (lost > 0) {
                reader.notice("heroku[logplex]: " + LogError.L11.line(lost, clock.instant()));
            }
            Optional<NumberedLine> next = behind.pop();
            next.ifPresent(reader::line);
        }
    }
}
