package dev.celadon.manifold.terminal;

import dev.celadon.manifold.OneOffSettings;
import dev.celadon.manifold.terminal.domain.SecretLine;
import dev.celadon.runtime.LocalCa;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Clock;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TLS port where terminals come with the secret of their dyno. It knows no names: clients send none. */
public final class RendezvousServer {
    private static final Logger log = LoggerFactory.getLogger(RendezvousServer.class);

    private final Vertx vertx;
    private final Clock clock;
    private final OneOffSettings settings;
    private final BiConsumer<SecretLine, Terminal> visitor;
    private int waiting;

    /** @param visitor is given a secret, and the terminal that showed it */
    public RendezvousServer(
            Vertx vertx, Clock clock, OneOffSettings settings, BiConsumer<SecretLine, Terminal> visitor) {
        this.vertx = vertx;
        this.clock = clock;
        this.settings = settings;
        this.visitor = visitor;
    }

    public Future<Void> listen(LocalCa ca) {
        return vertx.executeBlocking(() -> ca.issue(List.of(settings.host(), "127.0.0.1", "localhost")), false)
                .compose(leaf -> vertx.createNetServer(new NetServerOptions()
                                .setHost(settings.bind())
                                .setPort(settings.port())
                                .setSsl(true)
                                .setKeyCertOptions(new PemKeyCertOptions()
                                        .addCertValue(Buffer.buffer(leaf.certificatePem()))
                                        .addKeyValue(Buffer.buffer(leaf.keyPem()))))
                        .connectHandler(this::connected)
                        .exceptionHandler(noTls -> log.atDebug()
                                .addKeyValue("reason", noTls.getMessage())
                                .log("terminal-refused"))
                        .listen())
                .mapEmpty();
    }

    /** Its first line says whose terminal it is; a client that says nothing, or too much, is sent away. */
    private void connected(NetSocket socket) {
        if (waiting >= settings.mostWaiting()) {
            socket.close();
            return;
        }
        waiting++;
        SecretLine line = new SecretLine();
        long timer = vertx.setTimer(settings.attachLimit().toMillis(), late -> socket.close());
        socket.closeHandler(gone -> {
            vertx.cancelTimer(timer);
            waiting--;
        });
        socket.exceptionHandler(broken -> socket.close());
        socket.handler(bytes -> {
            if (line.take(bytes.getBytes())) {
                vertx.cancelTimer(timer);
                waiting--;
                visitor.accept(line, new Terminal(vertx, socket, clock, settings));
            } else if (line.isTooLong()) {
                socket.close();
            }
        });
    }
}
