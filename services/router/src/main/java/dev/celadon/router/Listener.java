package dev.celadon.router;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;

/** Accepts clients for one event loop. All loops listen on the same port, and the kernel deals connections out. */
final class Listener {
    private static final int BACKLOG = 4_096;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private Listener() {}

    static Future<Channel> listen(
            VertxInternal vertx, EventLoop eventLoop, String host, int port, ChannelHandler client) {
        var servers = vertx.transport().serverChannelFactory(false);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(eventLoop, eventLoop)
                .channelFactory(() -> (ServerChannel) servers.newChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(client);
        if (vertx.isNativeTransportEnabled()) {
            bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
        } else {
            bootstrap.option(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
        }
        Promise<Channel> listening = Promise.promise();
        ChannelFuture bound = bootstrap.bind(new InetSocketAddress(host, port));
        bound.addListener(done -> {
            if (done.isSuccess()) {
                listening.complete(bound.channel());
            } else {
                listening.fail(done.cause());
            }
        });
        return listening.future();
    }

    /** Ports that are shared between loops could be shared with a stranger unseen: fails when somebody listens there. */
    static int requireFree(String host, int port) throws IOException {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(host))) {
            return probe.getLocalPort();
        }
    }
}
