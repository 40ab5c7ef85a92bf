package dev.celadon.logplex;

import dev.celadon.contract.LogLine;
import dev.celadon.contract.Topic;
import dev.celadon.logplex.drains.DrainTrust;
import dev.celadon.logplex.drains.Drains;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Service;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.TrustOptions;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.sqlclient.Tuple;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log router: takes lines over internal HTTP, keeps the newest of each app, serves sessions. */
public final class LogplexService implements Service {
    private static final Logger log = LoggerFactory.getLogger(LogplexService.class);
    private static final long MAX_BODY = 8 << 20;
    private static final long LOOK_MILLIS = 5_000;

    private final Platform platform;
    private final LogplexSettings settings;
    private final Counter received;
    private volatile int port;
    private @Nullable String deployment;

    public LogplexService(Platform platform, LogplexSettings settings) {
        this.platform = platform;
        this.settings = settings;
        this.received = platform.meters().counter("log.lines.received");
    }

    @Override
    public String name() {
        return "logplex";
    }

    @Override
    public Future<?> start() {
        platform.internal().readyWhen("logplex", () -> port != 0);
        return platform.vertx()
                .executeBlocking(() -> DrainTrust.load(settings.drains().authorities()), false)
                .compose(trusted -> platform.vertx().deployVerticle(new Loop(trusted)))
                .onSuccess(id -> deployment = id);
    }

    @Override
    public Future<?> stop() {
        String id = deployment;
        deployment = null;
        return id == null ? Future.succeededFuture() : platform.vertx().undeploy(id);
    }

    /** The base of session URLs, once it listens. */
    public String url() {
        return "http://" + platform.domain() + ":" + port;
    }

    /** The one event loop that owns all lines. */
    private final class Loop extends VerticleBase {
        private final TrustOptions trusted;
        private @Nullable AppLogs logs;
        private @Nullable Drains drains;
        private @Nullable SessionServer sessions;
        private @Nullable Route intake;
        private @Nullable Route peers;
        private boolean isLooking;

        Loop(TrustOptions trusted) {
            this.trusted = trusted;
        }

        @Override
        public Future<?> start() {
            HistoryFiles files = new HistoryFiles(platform.dataDirectory().resolve("logplex"));
            Drains draining = new Drains(vertx, platform, settings.drains(), trusted);
            drains = draining;
            AppLogs kept = new AppLogs(vertx, platform.clock(), files, settings.history(), draining::offer);
            logs = kept;
            SessionServer server = new SessionServer(vertx, platform, settings, kept);
            sessions = server;
            platform.meters().gauge("log.sessions", server, SessionServer::sessions);
            vertx.setPeriodic(settings.save().toMillis(), tick -> kept.save().onFailure(this::complain));
            vertx.setPeriodic(LOOK_MILLIS, tick -> dropDeleted(kept));
            vertx.setPeriodic(LOOK_MILLIS, tick -> look(draining));
            vertx.setPeriodic(LOOK_MILLIS, tick -> server.look());
            return kept.load()
                    .recover(cause -> {
                        complain(cause);
                        return Future.succeededFuture();
                    })
                    .compose(loaded -> platform.bus().subscribe(Topic.APP_CHANGED, changed -> dropDeleted(kept)))
                    .compose(subscribed -> platform.bus().subscribe(Topic.DRAINS_CHANGED, changed -> look(draining)))
                    .compose(subscribed -> platform.bus().subscribe(Topic.ACCESS_ENDED, ended -> server.look()))
                    .compose(subscribed -> look(draining))
                    .compose(looked -> new SessionPort(
                                    vertx, platform.dataDirectory().resolve("logplex-port"))
                            .listen(settings.port(), server::listen))
                    .onSuccess(listening -> {
                        port = listening;
                        peers = platform.internal().router().get(Peers.PATH).handler(server::answerPeer);
                        LineIntake lines = new LineIntake(vertx, batch -> take(batch, kept));
                        intake = platform.internal()
                                .router()
                                .post("/logplex/lines")
                                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
                                .handler(lines::take);
                    });
        }

        @Override
        public Future<?> stop() {
            port = 0;
            if (intake != null) {
                intake.remove();
            }
            if (peers != null) {
                peers.remove();
            }
            Future<Void> closed = sessions == null ? Future.succeededFuture() : sessions.close();
            return closed.eventually(() -> drains == null ? Future.succeededFuture() : drains.close())
                    .eventually(() -> logs == null ? Future.succeededFuture() : logs.save());
        }

        /** Called on the loop of whoever delivers; the lines are appended on ours. */
        private Future<Void> take(List<LogLine> batch, AppLogs kept) {
            Promise<Void> taken = Promise.promise();
            context.runOnContext(turn -> kept.append(batch)
                    .onSuccess(appended -> received.increment(batch.size()))
                    .onComplete(taken));
            return taken.future();
        }

        private Future<Void> look(Drains draining) {
            return draining.look().recover(cause -> {
                log.atDebug().addKeyValue("reason", cause.getMessage()).log("drains-unknown");
                return Future.succeededFuture();
            });
        }

        private void dropDeleted(AppLogs kept) {
            if (isLooking) {
                return;
            }
            isLooking = true;
            Set<UUID> known = kept.known();
            platform.database()
                    .list("select id from api.v_apps", Tuple.tuple(), row -> row.getUUID("id"))
                    .compose(apps -> kept.keepOnly(new HashSet<UUID>(apps), known, settings.retention()))
                    .onFailure(cause -> log.atDebug()
                            .addKeyValue("reason", cause.getMessage())
                            .log("apps-unknown"))
                    .onComplete(looked -> isLooking = false);
        }

        private void complain(Throwable cause) {
            log.atWarn().addKeyValue("reason", cause.getMessage()).log("history-not-kept");
        }
    }
}
