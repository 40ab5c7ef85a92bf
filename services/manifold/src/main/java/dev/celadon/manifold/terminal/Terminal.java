package dev.celadon.manifold.terminal;

import dev.celadon.manifold.OneOffSettings;
import dev.celadon.manifold.terminal.domain.TerminalOutput;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user's end of a one-off dyno: the connection whose client has shown the secret. The client takes away the first
 * record it receives, whatever it holds, and looks at each later one by itself; so every piece is written alone.
 */
public final class Terminal {
    private static final Buffer GREETING = Buffer.buffer("rendezvous\r\n");
    /** Between the greeting and the first output: the client sees two events, however its network is buffered. */
    private static final long GREETING_PAUSE_MILLIS = 10;

    private static final long LEAVE_MILLIS = 5_000;
    /** One that writes on after the end of the connection fails, though it has the status. */
    private static final long STATUS_READ_MILLIS = 1_000;
    /** Before it is greeted a client sends nothing; what comes all the same waits up to here. */
    private static final int MOST_EARLY_BYTES = 65_536;

    private final Vertx vertx;
    private final NetSocket socket;
    private final Clock clock;
    private final OneOffSettings settings;
    private final TerminalOutput output = new TerminalOutput();
    private final Buffer early = Buffer.buffer();
    private Future<Void> lastWrite = Future.succeededFuture();
    private Instant activeAt;
    private @Nullable Handler<Buffer> input;
    private @Nullable Runnable closed;
    private boolean isGreeted;
    private boolean isClosed;
    private long quietTimer = -1;
    private long idleTimer = -1;

    public Terminal(Vertx vertx, NetSocket socket, Clock clock, OneOffSettings settings) {
        this.vertx = vertx;
        this.socket = socket;
        this.clock = clock;
        this.settings = settings;
        this.activeAt = clock.instant();
        socket.handler(this::received);
        socket.closeHandler(gone -> hasClosed());
        socket.exceptionHandler(broken -> socket.close());
        watchIdle(settings.idleLimit().toMillis());
    }

    /** Called once, when the client has gone or was sent away; at once if it has already. */
    public void onClose(Runnable handler) {
        if (isClosed) {
            handler.run();
        } else {
            closed = handler;
        }
    }

    /** Tells the client that its dyno is there; it sends its input from then on. */
    public Future<Void> greet() {
        if (isGreeted) {
            return lastWrite;
        }
        isGreeted = true;
        lastWrite = send(GREETING)
                .compose(sent -> vertx.timer(GREETING_PAUSE_MILLIS))
                .mapEmpty();
        return lastWrite;
    }

    /** Who takes the input from now on; what is already there comes first. */
    public void input(Handler<Buffer> handler) {
        input = handler;
        if (early.length() > 0) {
            handler.handle(early);
        }
        socket.resume();
    }

    public void pause() {
        socket.pause();
    }

    public void resume() {
        socket.resume();
    }

    /** Completes when the client's connection has taken it; without a client it is dropped. */
    public Future<Void> write(Buffer bytes) {
        vertx.cancelTimer(quietTimer);
        lastWrite = lastWrite.compose(before -> sendEach(output.take(bytes.getBytes()), 0));
        return lastWrite.onComplete(written -> {
            if (output.isHolding() && !isClosed) {
                quietTimer = vertx.setTimer(settings.outputQuiet().toMillis(), tick -> release());
            }
        });
    }

    /** Whether the command itself has told its exit status. */
    public boolean hasMarker() {
        return output.hasMarker();
    }

    /** Sends what is held back and the last words as a piece of their own, and says goodbye. */
    public void end(Buffer lastWords) {
        release();
        lastWrite
                .compose(before -> lastWords.length() == 0 ? Future.succeededFuture() : send(lastWords))
                .onComplete(sent -> leave(output.hasMarker() || lastWords.length() > 0));
    }

    /**
     * The client closes when it has seen the exit status, or the end. Until then what it still types is taken and
     * dropped: closed over unread input, the connection would be reset and the client lose what it has not read.
     */
    private void leave(boolean isStatusTold) {
        input(dropped -> {});
        if (isStatusTold) {
            vertx.setTimer(STATUS_READ_MILLIS, tick -> endOutput());
        } else {
            endOutput();
        }
        vertx.setTimer(LEAVE_MILLIS, late -> socket.close());
    }

    private void endOutput() {
        if (!isClosed) {
            ((NetSocketInternal) socket)
                    .channelHandlerContext()
                    .pipeline()
                    .get(SslHandler.class)
                    .closeOutbound();
        }
    }

    public void close() {
        socket.close();
    }

    private void release() {
        vertx.cancelTimer(quietTimer);
        lastWrite = lastWrite.compose(before -> sendEach(output.release(), 0));
    }

    private Future<Void> sendEach(List<byte[]> pieces, int from) {
        return from == pieces.size()
                ? Future.succeededFuture()
                : send(Buffer.buffer(pieces.get(from))).compose(sent -> sendEach(pieces, from + 1));
    }

    private Future<Void> send(Buffer piece) {
        activeAt = clock.instant();
        return isClosed ? Future.succeededFuture() : socket.write(piece).transform(written -> Future.succeededFuture());
    }

    private void received(Buffer bytes) {
        activeAt = clock.instant();
        Handler<Buffer> taker = input;
        if (taker != null) {
            taker.handle(bytes);
        } else if (early.appendBuffer(bytes).length() > MOST_EARLY_BYTES) {
            socket.pause();
        }
    }

    private void watchIdle(long millis) {
        idleTimer = vertx.setTimer(Math.max(1, millis), tick -> {
            long left = settings.idleLimit().toMillis() - (clock.instant().toEpochMilli() - activeAt.toEpochMilli());
            if (left <= 0) {
                socket.close();
            } else {
                watchIdle(left);
            }
        });
    }

    private void hasClosed() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        vertx.cancelTimer(quietTimer);
        vertx.cancelTimer(idleTimer);
        Runnable handler = closed;
        closed = null;
        if (handler != null) {
            handler.run();
        }
    }
}
