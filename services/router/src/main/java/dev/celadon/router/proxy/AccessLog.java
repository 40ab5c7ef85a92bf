package dev.celadon.router.proxy;

import dev.celadon.contract.RouterError;
import dev.celadon.router.domain.AccessLine;
import dev.celadon.router.domain.App;
import dev.celadon.router.domain.ByteWriter;
import dev.celadon.router.domain.Dyno;
import dev.celadon.router.domain.RequestHead;
import dev.celadon.router.domain.Traffic;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Tells every request of one event loop to its app's log, and counts it. */
public final class AccessLog {
    private static final int MICROS_DIGITS = 6;

    private final BiConsumer<UUID, byte[]> log;
    private final Clock clock;
    private final ByteWriter out = new ByteWriter();
    private long shownSecond = -1;
    private String second = "";

    /** @param log takes an app's {@link dev.celadon.contract.LogLine} as JSON; never blocks */
    public AccessLog(BiConsumer<UUID, byte[]> log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    /** @param dyno that was reached, if any was */
    void write(App app, @Nullable Dyno dyno, AccessLine line) {
        count(line, app.traffic());
        if (dyno != null) {
            count(line, dyno.traffic());
        }
        UUID appId = app.route().appId();
        out.clear();
        out.append("{\"appId\":\"").append(appId.toString()).append("\",\"at\":\"");
        appendTime(clock.instant());
        out.append("\",\"source\":\"heroku\",\"process\":\"router\",\"text\":\"");
        line.writeJson(out);
        out.append("\"}");
        log.accept(appId, out.copy());
    }

    private static void count(AccessLine line, Traffic traffic) {
        traffic.count(line.status(), Math.max(0, line.bytes()), line.serviceMillis());
    }

    /** ISO 8601 with microseconds; what is before them is the same for a second. */
    private void appendTime(Instant now) {
        if (now.getEpochSecond() != shownSecond) {
            shownSecond = now.getEpochSecond();
            String whole = Instant.ofEpochSecond(shownSecond).toString();
            second = whole.substring(0, whole.length() - 1) + '.';
        }
        out.append(second).append(now.getNano() / 1_000, MICROS_DIGITS).append('Z');
    }

    /** A request whose head could be read only so far. */
    void refused(App app, RequestHead head, Edge edge, String address, Loop loop) {
        write(
                app,
                null,
                new AccessLine(
                        RouterError.H26,
                        "bad header",
                        head.method(),
                        head.path(),
                        head.hostIfKnown(),
                        loop.ids.next(),
                        address,
                        "",
                        -1,
                        -1,
                        400,
                        -1,
                        edge.protocol()));
    }
}
