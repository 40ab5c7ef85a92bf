package dev.celadon.logplex;

import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.NumberedLine;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;

/** A reader on a WebSocket: a text message each line. */
record SocketReader(ServerWebSocket socket) implements Session.Reader {
    private static final short DONE = 1000;
    private static final short GOING_AWAY = 1001;

    @Override
    public boolean isFull() {
        return socket.writeQueueFull();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void line(NumberedLine line) {
        socket.writeTextMessage(line.display());
    }

    @Override
    public void notice(LogLine line) {
        socket.writeTextMessage(NumberedLine.display(line));
    }

    @Override
    public void beat() {
        socket.writePing(Buffer.buffer());
    }

    @Override
    public void end() {
        socket.close(DONE);
    }

    @Override
    public void leave(Duration comeBack) {
        socket.close(GOING_AWAY);
    }
}
