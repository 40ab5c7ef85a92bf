package dev.celadon.logplex.drains;

import dev.celadon.logplex.domain.DrainQueue.Frame;
import dev.celadon.logplex.domain.DrainTarget;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A syslog server over TCP, with TLS or without: one connection, made when there is something to send and closed when
 * there was nothing for long. Syslog does not answer: what the connection took counts as delivered.
 */
final class SyslogDestination implements Destination {
    private final Vertx vertx;
    private final DrainTarget target;
    private final DrainAddresses addresses;
    private final NetClient client;
    private final DrainSettings settings;
    private @Nullable NetSocket open;
    private long idleTimer = -1;

    SyslogDestination(
            Vertx vertx, DrainTarget target, DrainAddresses addresses, NetClient client, DrainSettings settings) {
        this.vertx = vertx;
        this.target = target;
        this.addresses = addresses;
        this.client = client;
        this.settings = settings;
    }

    @Override
    public Future<Void> send(Frame frame) {
        vertx.cancelTimer(idleTimer);
        return connection()
                .compose(socket -> socket.write(Drain.buffer(frame))
                        .timeout(settings.write().toMillis(), TimeUnit.MILLISECONDS))
                .onSuccess(taken -> closeWhenIdle())
                .onFailure(broken -> close());
    }

    @Override
    public void close() {
        vertx.cancelTimer(idleTimer);
        NetSocket socket = open;
        open = null;
        if (socket != null) {
            socket.close();
        }
    }

    private Future<NetSocket> connection() {
        NetSocket socket = open;
        return socket != null
                ? Future.succeededFuture(socket)
                : addresses.resolve(target).compose(this::connect).onSuccess(this::keep);
    }

    private Future<NetSocket> connect(SocketAddress address) {
        ConnectOptions options = new ConnectOptions().setRemoteAddress(address).setSsl(target.isSecure());
        if (target.isSecure() && DrainAddresses.isName(target.host())) {
            options.setSniServerName(target.host());
        }
        return client.connect(options);
    }

    private void keep(NetSocket socket) {
        open = socket;
        socket.handler(nothingIsExpected -> {});
        socket.exceptionHandler(broken -> {});
        socket.closeHandler(closed -> {
            if (open == socket) {
                close();
            }
        });
    }

    private void closeWhenIdle() {
        long fuzz = ThreadLocalRandom.current().nextLong(settings.idleFuzz().toMillis() + 1);
        vertx.cancelTimer(idleTimer);
        idleTimer = vertx.setTimer(settings.idle().toMillis() + fuzz, idle -> close());
    }
}
