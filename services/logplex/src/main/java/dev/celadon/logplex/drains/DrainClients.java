package dev.celadon.logplex.drains;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.TrustOptions;
import java.util.concurrent.ThreadLocalRandom;

/** What drains are connected with; certificates are held against the name and the authorities, always. */
final class DrainClients {
    /** A drain has one request under way: whoever waits for an answer takes no connection from another. */
    private static final int MOST_CONNECTIONS = 100_000;

    private final Vertx vertx;
    private final DrainSettings settings;
    private final TrustOptions trusted;

    DrainClients(Vertx vertx, DrainSettings settings, TrustOptions trusted) {
        this.vertx = vertx;
        this.settings = settings;
        this.trusted = trusted;
    }

    HttpClient http() {
        long fuzz = ThreadLocalRandom.current().nextLong(settings.idleFuzz().toSeconds() + 1);
        return vertx.createHttpClient(
                new HttpClientOptions()
                        .setConnectTimeout((int) settings.connect().toMillis())
                        .setKeepAliveTimeout((int) (settings.idle().toSeconds() + fuzz))
                        .setTrustOptions(trusted),
                new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS));
    }

    NetClient tcp() {
        return vertx.createNetClient(new NetClientOptions()
                .setConnectTimeout((int) settings.connect().toMillis())
                .setTcpKeepAlive(true)
                .setHostnameVerificationAlgorithm("HTTPS")
                .setTrustOptions(trusted));
    }
}
