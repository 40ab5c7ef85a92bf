package dev.celadon.manifold.terminal;

import dev.celadon.manifold.terminal.domain.SecretLine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;

/**
 * Leads a terminal to the node that has its dyno, as if it had come there itself: the same port, the same secret. Nodes
 * trust each other's address here as they do over internal HTTP.
 */
public final class Relay {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int GREETING_BYTES = "rendezvous\r\n".length();

    private final NetClient client;

    public Relay(Vertx vertx) {
        this.client = vertx.createNetClient(new NetClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setSsl(true)
                .setTrustAll(true)
                .setHostnameVerificationAlgorithm(""));
    }

    /** Completes once the other node has been asked; the terminal goes when the other side does. */
    public Future<Void> lead(Terminal terminal, SecretLine secret, String host, int port) {
        return client.connect(port, host).compose(socket -> {
            Buffer before = Buffer.buffer();
            socket.handler(bytes -> {
                before.appendBuffer(bytes);
                if (before.length() >= GREETING_BYTES) {
                    socket.pause();
                    join(terminal, socket, before.getBuffer(GREETING_BYTES, before.length()));
                }
            });
            socket.endHandler(gone -> terminal.close());
            socket.exceptionHandler(broken -> socket.close());
            terminal.onClose(socket::close);
            return socket.write(Buffer.buffer(secret.toBytes()));
        });
    }

    private static void join(Terminal terminal, NetSocket socket, Buffer first) {
        socket.handler(bytes -> {
            socket.pause();
            terminal.write(bytes).onComplete(written -> socket.resume());
        });
        socket.endHandler(ended -> terminal.end(Buffer.buffer()));
        terminal.greet()
                .compose(greeted -> first.length() == 0 ? Future.succeededFuture() : terminal.write(first))
                .onComplete(greeted -> {
                    terminal.input(bytes -> {
                        terminal.pause();
                        socket.write(bytes).onComplete(written -> terminal.resume());
                    });
                    socket.resume();
                });
    }
}
