package dev.celadon.container;

import com.sun.jna.LastErrorException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The input and output of one container while it runs, through its monitor's socket. Output is handed over piece by
 * piece, the next one when the last was taken; input is taken as fast as the container reads it. A thread of its own
 * waits for output, because the JDK knows no sockets of this kind.
 */
public final class Attachment {
    /** The monitor truncates what does not fit its buffer. */
    private static final int MOST_BYTES = 8_192;

    private static final long RETRY_MILLIS = 10;
    private static final int CONNECTION_RESET = 104;

    private final Vertx vertx;
    private final Context context;
    private final int socket;
    private final Promise<Void> ended = Promise.promise();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private Future<Void> lastWrite = Future.succeededFuture();

    private Attachment(Vertx vertx, Context context, int socket) {
        this.vertx = vertx;
        this.context = context;
        this.socket = socket;
    }

    static Future<Attachment> open(Vertx vertx, Path socketFile) {
        Context context = vertx.getOrCreateContext();
        return vertx.executeBlocking(
                () -> new Attachment(vertx, context, PacketSocket.connect(socketFile.toString())), false);
    }

    /**
     * Begins to read. {@code taker} is called on the context that opened this; the next piece comes when its future is
     * done.
     */
    public void read(Function<Buffer, Future<Void>> taker) {
        Thread reader = new Thread(() -> readAll(taker), "attachment-" + socket);
        reader.setDaemon(true);
        reader.start();
    }

    /** Completes when the container has closed its output and everything was taken, or on {@link #close}. */
    public Future<Void> ended() {
        return ended.future();
    }

    /** Completes when the container's monitor took all of it. Writes follow one another. */
    public Future<Void> write(Buffer input) {
        lastWrite = lastWrite.compose(before -> send(input, 0));
        return lastWrite;
    }

    /** The end of the container's input, after everything written; without a terminal only. */
    public Future<Void> endInput() {
        lastWrite = lastWrite.compose(before -> {
            if (!isClosed.get()) {
                PacketSocket.endWriting(socket);
            }
            return Future.succeededFuture();
        });
        return lastWrite;
    }

    /** Lets go; the container runs on. */
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            PacketSocket.shutdown(socket);
        }
    }

    private Future<Void> send(Buffer input, int from) {
        int at = from;
        while (at < input.length() && !isClosed.get()) {
            int length = Math.min(MOST_BYTES, input.length() - at);
            try {
                if (!PacketSocket.trySend(socket, input.getBytes(at, at + length))) {
                    int rest = at;
                    return vertx.timer(RETRY_MILLIS).compose(waited -> send(input, rest));
                }
            } catch (LastErrorException gone) {
                return Future.failedFuture("the container takes no input: " + gone.getMessage());
            }
            at += length;
        }
        return Future.succeededFuture();
    }

    /** A monitor that ended over input it had not read is told of once, before what it had said until then. */
    private int receive(byte[] packet) {
        try {
            return PacketSocket.receive(socket, packet);
        } catch (LastErrorException failed) {
            if (failed.getErrorCode() != CONNECTION_RESET) {
                throw failed;
            }
            return PacketSocket.receive(socket, packet);
        }
    }

    private void readAll(Function<Buffer, Future<Void>> taker) {
        byte[] packet = new byte[1 + MOST_BYTES * 4];
        try {
            int length = receive(packet);
            while (length > 0) {
                // The first byte names the stream.
                Buffer piece = Buffer.buffer().appendBytes(packet, 1, length - 1);
                Promise<Void> taken = Promise.promise();
                context.runOnContext(turn -> taker.apply(piece).onComplete(taken));
                taken.future().toCompletionStage().toCompletableFuture().get();
                length = receive(packet);
            }
        } catch (LastErrorException | ExecutionException gone) {
            // Whoever took the output went away, or the monitor did: either way it has ended.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            isClosed.set(true);
            PacketSocket.close(socket);
            context.runOnContext(turn -> ended.tryComplete());
        }
    }
}
