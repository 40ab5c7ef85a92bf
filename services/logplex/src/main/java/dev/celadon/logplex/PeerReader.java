package dev.celadon.logplex;

import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.NumberedLine;
import dev.celadon.runtime.Json;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/** Another logplex, which reads for a session of its own: a line of JSON each, an empty one as a sign of life. */
record PeerReader(HttpServerResponse response) implements Session.Reader {
    /** Of a line to that session alone: it is no place to go on from. */
    static final long NO_SEQUENCE = 0;

    @Override
    public boolean isFull() {
        return response.writeQueueFull();
    }

    @Override
    public boolean isClosed() {
        return response.closed() || response.ended();
    }

    @Override
    public void line(NumberedLine line) {
        response.write(Json.write(line).appendString("\n"));
    }

    @Override
    public void notice(LogLine line) {
        line(new NumberedLine(NO_SEQUENCE, line));
    }

    @Override
    public void beat() {
        response.write("\n");
    }

    @Override
    public void end() {
        response.end();
    }

    @Override
    public void leave(Duration comeBack) {
        response.end();
    }
}
