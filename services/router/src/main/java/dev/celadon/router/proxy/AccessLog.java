package dev.celadon.router.proxy;

import dev.celadon.contract.LogLine;
import dev.celadon.contract.RouterError;
import dev.celadon.router.domain.AccessLine;
import dev.celadon.router.domain.App;
import dev.celadon.router.domain.RequestHead;
import java.time.Clock;
import java.util.function.Consumer;

/** Tells every request to its app's log, and counts it. */
public final class AccessLog {
    private final Consumer<LogLine> log;
    private final Clock clock;

    /** @param log never blocks; at its bound it loses lines and counts them */
    public AccessLog(Consumer<LogLine> log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    void write(App app, AccessLine line) {
        app.traffic().count(line.status(), Math.max(0, line.bytes()), line.serviceMillis());
        log.accept(new LogLine(app.route().appId(), clock.instant(), "heroku", "router", line.text()));
    }

    /** A request whose head could be read only so far. */
    void refused(App app, RequestHead head, Edge edge, String address, Loop loop) {
        write(
                app,
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
