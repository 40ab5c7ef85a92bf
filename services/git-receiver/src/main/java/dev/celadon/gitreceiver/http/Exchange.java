package dev.celadon.gitreceiver.http;

import dev.celadon.gitreceiver.push.Peer;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One request and its answer in the hands of a blocking thread. The answer streams as it is flushed; a client that reads
 * slowly slows the writer, one that goes away fails it.
 */
public final class Exchange extends OutputStream implements Peer {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int MOST_IN_FLIGHT = 256 * 1024;
    private static final int PACKET = 16 * 1024;

    private final Context context;
    private final HttpServerResponse response;
    private final ByteInlet body;
    private final Optional<String> gitProtocol;
    private final boolean isZipped;
    private final Semaphore room = new Semaphore(MOST_IN_FLIGHT);
    private final CopyOnWriteArrayList<Runnable> goneListeners = new CopyOnWriteArrayList<>();
    private final byte[] packet = new byte[PACKET];
    private int filled;
    private volatile boolean isGone;
    private volatile boolean isStarted;

    /** On the request's context, which has been paused since it came. */
    public Exchange(Context context, HttpServerRequest request) {
        this.context = context;
        this.response = request.response();
        this.gitProtocol = Optional.ofNullable(request.getHeader("Git-Protocol"));
        this.isZipped = "gzip".equals(request.getHeader(HttpHeaders.CONTENT_ENCODING));
        response.exceptionHandler(broken -> gone());
        response.closeHandler(closed -> gone());
        this.body = ByteInlet.from(context, request, PATIENCE, () -> {});
    }

    public ByteInlet body() {
        return body;
    }

    public boolean isZipped() {
        return isZipped;
    }

    /** {@code version=2}, as the client proposes. */
    public Optional<String> gitProtocol() {
        return gitProtocol;
    }

    @Override
    public boolean isGone() {
        return isGone;
    }

    @Override
    public void onGone(Runnable listener) {
        goneListeners.add(listener);
        if (isGone) {
            listener.run();
        }
    }

    /** Names what will be streamed; before the first byte. */
    public void type(String contentType) {
        context.runOnContext(naming -> response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache, max-age=0, must-revalidate"));
    }

    /** An error with a text for the user, if nothing was sent yet; else the stream is cut so that it is seen as broken. */
    public void fail(int status, String text) {
        filled = 0;
        boolean isTooLate = isStarted;
        context.runOnContext(failing -> {
            if (response.ended() || response.closed()) {
                return;
            }
            if (isTooLate) {
                response.reset();
            } else {
                refuse(response, status, text);
            }
        });
        body.close();
    }

    static void refuse(HttpServerResponse response, int status, String text) {
        response.setChunked(false)
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end(text + "\n");
    }

    @Override
    public void write(int single) throws IOException {
        if (filled == PACKET) {
            send();
        }
        packet[filled++] = (byte) single;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (filled == PACKET) {
                send();
            }
            int taken = Math.min(left, PACKET - filled);
            System.arraycopy(bytes, from, packet, filled, taken);
            filled += taken;
            from += taken;
            left -= taken;
        }
    }

    @Override
    public void flush() throws IOException {
        if (filled > 0) {
            send();
        }
    }

    /** The answer is whole. */
    @Override
    public void close() throws IOException {
        flush();
        body.close();
        context.runOnContext(ending -> {
            if (!response.ended() && !response.closed()) {
                response.end();
            }
        });
    }

    private void send() throws IOException {
        awaitRoom(filled);
        Buffer bytes = Buffer.buffer().appendBytes(packet, 0, filled);
        filled = 0;
        isStarted = true;
        context.runOnContext(writing -> response.write(bytes).onComplete(written -> {
            room.release(bytes.length());
            if (written.failed()) {
                gone();
            }
        }));
    }

    private void awaitRoom(int bytes) throws IOException {
        if (isGone) {
            throw new IOException("the client went away");
        }
        try {
            if (!room.tryAcquire(bytes, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("the client took nothing for " + PATIENCE.toSeconds() + "s");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    private void gone() {
        if (response.ended() || isGone) {
            return;
        }
        isGone = true;
        body.abort("the client went away");
        room.release(MOST_IN_FLIGHT);
        goneListeners.forEach(Runnable::run);
    }
}
