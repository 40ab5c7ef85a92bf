package dev.celadon.logplex;

import dev.celadon.contract.LogError;
import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.LossyBuffer;
import dev.celadon.logplex.domain.NumberedLine;
import io.micrometer.core.instrument.Counter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * One reader: first gets the backlog whole, then lines as fast as it takes them, and is told (L11) what it lost when it
 * was too slow.
 */
final class Session {
    /** As readers do without being told. */
    static final Duration SOON = Duration.ofSeconds(3);

    private final Reader reader;
    private final SessionRequest asked;
    private final Deque<NumberedLine> backlog;
    private final LossyBuffer<NumberedLine> behind;
    private final Clock clock;
    private final Counter lost;
    private Instant lastSent;

    /** Where the lines go: a WebSocket, server-sent events or plain text. */
    interface Reader {
        boolean isFull();

        boolean isClosed();

        void line(NumberedLine line);

        /** A line of the platform to this session alone. */
        void notice(LogLine line);

        /** Something that is no line, so that silence is not taken for an end. */
        void beat();

        /** That was all. */
        void end();

        /** There may be more, but not here and now. */
        void leave(Duration comeBack);
    }

    Session(Reader reader, SessionRequest asked, List<NumberedLine> backlog, int buffer, Clock clock, Counter lost) {
        this.reader = reader;
        this.asked = asked;
        this.backlog = new ArrayDeque<>(backlog);
        this.behind = new LossyBuffer<>(buffer);
        this.clock = clock;
        this.lost = lost;
        this.lastSent = clock.instant();
    }

    SessionRequest asked() {
        return asked;
    }

    void offer(NumberedLine line) {
        if (asked.filter().accepts(line.line())) {
            if (behind.push(line, clock.instant())) {
                lost.increment();
            }
            flush();
        }
    }

    /** Called again whenever the reader has room. */
    void flush() {
        while (!reader.isClosed() && !reader.isFull()) {
            if (!sendNext()) {
                if (!asked.tail()) {
                    reader.end();
                }
                return;
            }
        }
    }

    /** Keeps the session alive; ends one in which for so long no line was sent. */
    void beat(Duration maxIdle) {
        if (lastSent.plus(maxIdle).isBefore(clock.instant())) {
            leave(SOON);
        } else if (!reader.isClosed() && !reader.isFull()) {
            reader.beat();
        }
    }

    void leave(Duration comeBack) {
        if (!reader.isClosed()) {
            reader.leave(comeBack);
        }
    }

    private boolean sendNext() {
        NumberedLine earlier = backlog.poll();
        if (earlier != null) {
            reader.line(earlier);
        } else {
            behind.takeLoss().ifPresent(this::tell);
            var next = behind.pop();
            if (next.isEmpty()) {
                return false;
            }
            reader.line(next.get());
        }
        lastSent = clock.instant();
        return true;
    }

    private void tell(LossyBuffer.Loss loss) {
        String text = LogError.L11.line(loss.count(), loss.since());
        reader.notice(new LogLine(asked.app(), clock.instant(), "heroku", "logplex", text));
    }
}
