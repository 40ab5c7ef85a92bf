package dev.celadon.manifold.agent;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.time.Duration;

/** Waits until a dyno accepts connections at its port, or the limit is over (R10). */
final class PortProbe {
    private static final int CONNECT_MILLIS = 500;
    private static final int LAST_CHANCE_MILLIS = 1_500;
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 250;

    private final Vertx vertx;
    private final NetClient client;
    private final String address;
    private final int port;
    private final Promise<Void> bound = Promise.promise();
    private final long limitTimer;

    PortProbe(Vertx vertx, String address, int port, Duration limit) {
        this.vertx = vertx;
        this.client = vertx.createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_MILLIS));
        this.address = address;
        this.port = port;
        this.limitTimer = vertx.setTimer(limit.toMillis(), tick -> bound.tryFail("not bound within " + limit));
    }

    /** One attempt, with more patience than while a dyno boots. */
    static Future<Boolean> once(Vertx vertx, String address, int port) {
        NetClient client = vertx.createNetClient(new NetClientOptions().setConnectTimeout(LAST_CHANCE_MILLIS));
        return client.connect(port, address)
                .map(socket -> {
                    socket.close();
                    return true;
                })
                .otherwise(false)
                .onComplete(done -> client.close());
    }

    Future<Void> start() {
        attempt(FIRST_PAUSE_MILLIS);
        return bound.future().onComplete(done -> close());
    }

    void close() {
        vertx.cancelTimer(limitTimer);
        bound.tryFail("given up");
        client.close();
    }

    private void attempt(long pauseMillis) {
        if (bound.future().isComplete()) {
            return;
        }
        client.connect(port, address)
                .onSuccess(socket -> {
                    socket.close();
                    bound.tryComplete();
                })
                .onFailure(refused -> {
                    if (!bound.future().isComplete()) {
                        long next = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 3 / 2);
                        vertx.setTimer(pauseMillis, tick -> attempt(next));
                    }
                });
    }
}
