package dev.celadon.router;

import dev.celadon.contract.AppWake;
import dev.celadon.contract.Topic;
import dev.celadon.router.proxy.AccessLog;
import dev.celadon.router.proxy.ClientConnection;
import dev.celadon.router.proxy.Connector;
import dev.celadon.router.proxy.Edge;
import dev.celadon.router.proxy.Loop;
import dev.celadon.router.tls.Certificates;
import dev.celadon.router.tls.TlsClients;
import dev.celadon.runtime.Platform;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One event loop of the router: its own listeners, its own connections to dynos, so a request never changes threads. */
final class RouterVerticle extends VerticleBase {
    private static final long DRAINED_LOOK_MILLIS = 50;

    private final Platform platform;
    private final RouterSettings settings;
    private final Routes routes;
    private final Certificates certificates;
    private final Ports ports;
    private final List<Channel> listening = new ArrayList<>();
    private final List<Runnable> atStop = new ArrayList<>();
    private @Nullable Loop loop;

    /** Where all loops listen. */
    record Ports(int plain, int tls) {}

    RouterVerticle(Platform platform, RouterSettings settings, Routes routes, Certificates certificates, Ports ports) {
        this.platform = platform;
        this.settings = settings;
        this.routes = routes;
        this.certificates = certificates;
        this.ports = ports;
    }

    @Override
    public Future<?> start() {
        VertxInternal internal = (VertxInternal) vertx;
        EventLoop eventLoop = ((ContextInternal) context).nettyEventLoop();
        Loop own = new Loop(
                eventLoop,
                new Connector(eventLoop, internal.transport().channelFactory(false)),
                settings.policy(),
                routes.table(),
                new AccessLog(platform.appLog()::write, platform.clock()),
                suspect -> platform.bus().publish(Topic.DYNO_SUSPECT, suspect),
                app -> platform.bus().publish(Topic.APP_WAKE, new AppWake(app)),
                new ApiChallenges(platform, eventLoop),
                platform.clock(),
                new SecureRandom().nextLong());
        loop = own;
        own.start();
        atStop.add(routes.onChange(apps -> eventLoop.execute(() -> own.changed(apps))));
        return Listener.listen(internal, eventLoop, settings.bind(), ports.plain, new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        own.prepare(channel);
                        channel.pipeline().addLast(new ClientConnection(own, Edge.PLAIN, ""));
                    }
                })
                .onSuccess(listening::add)
                .compose(plain -> Listener.listen(
                        internal, eventLoop, settings.bind(), ports.tls, new TlsClients(own, certificates)))
                .onSuccess(listening::add);
    }

    /** No new connections; idle ones close; what is in flight may end within the grace, and ends with H24 after it. */
    @Override
    public Future<?> stop() {
        listening.forEach(Channel::close);
        atStop.forEach(Runnable::run);
        Loop own = loop;
        if (own == null) {
            return Future.succeededFuture();
        }
        own.drain();
        Promise<Void> drained = Promise.promise();
        long look = vertx.setPeriodic(DRAINED_LOOK_MILLIS, tick -> {
            if (own.connections() == 0) {
                drained.tryComplete();
            }
        });
        long limit = vertx.setTimer(Math.max(1, settings.drain().toMillis()), tick -> drained.tryComplete());
        return drained.future().onComplete(done -> {
            vertx.cancelTimer(look);
            vertx.cancelTimer(limit);
            own.stop();
        });
    }
}
