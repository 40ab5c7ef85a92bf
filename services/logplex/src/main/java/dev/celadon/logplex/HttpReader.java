package dev.celadon.logplex;

import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.NumberedLine;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/** A reader of a chunked answer: plain text, or server-sent events with the sequence as id and no {@code event:} field. */
final class HttpReader implements Session.Reader {
    private final HttpServerResponse response;
    private final boolean isEvents;

    HttpReader(HttpServerResponse response, boolean isEvents, boolean isTail) {
        this.response = response;
        this.isEvents = isEvents;
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, isEvents ? "text/event-stream" : "text/plain; charset=utf-8")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                // The URL is the secret: a page of any origin that has it may read.
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .writeHead();
        if (isEvents && !isTail) {
            // The CLI waits for its next try before it exits; without this that takes it 3 s.
            response.write("retry: 1\n\n");
        }
    }

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
        write(isEvents ? "id: " + line.sequence() + "\n" : "", line.display());
    }

    @Override
    public void notice(LogLine line) {
        write("", NumberedLine.display(line));
    }

    /** Plain text has nothing to send that is no text. */
    @Override
    public void beat() {
        if (isEvents) {
            response.write(":\n\n");
        }
    }

    @Override
    public void end() {
        response.end();
    }

    /** Ended whole: a cut answer is an error to the CLI, after a whole one it comes back and goes on where it was. */
    @Override
    public void leave(Duration comeBack) {
        if (isEvents) {
            response.write("retry: " + comeBack.toMillis() + "\n\n");
        }
        response.end();
    }

    /** A carriage return would end an event's line, and what an app prints after it would be a field of ours. */
    private void write(String id, String display) {
        response.write(isEvents ? id + "data: " + display.replace('\r', ' ') + "\n\n" : display + "\n");
    }
}
