package dev.celadon.router.proxy;

import dev.celadon.router.domain.Deadlines;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that speaks HTTP/2: each request is a stream with a {@link ClientConnection} of its own. What is
 * said here is about the connection: its bounds, its idle time, its farewell.
 */
public final class Http2Connection extends ChannelInboundHandlerAdapter implements Loop.Client {
    /** Of bodies on their way to dynos: so many bytes lie here before one stream, or all of them, must wait. */
    private static final int STREAM_WINDOW = 64 * 1024;

    private static final int CONNECTION_WINDOW = 8 * STREAM_WINDOW;
    /** A client that gives up more requests than that within the time is no client (CVE-2023-44487). */
    private static final int MOST_RESETS = 200;

    private static final int RESETS_SECONDS = 30;
    private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Loop loop;
    private final Http2FrameCodec codec;
    private final Deadlines.Entry deadline = new Deadlines.Entry() {
        @Override
        protected void expired(long nowNanos) {
            timeUp(nowNanos);
        }
    };
    private @Nullable ChannelHandlerContext context;
    private int streams;
    private boolean isClosing;

    private Http2Connection(Loop loop, Http2FrameCodec codec) {
        this.loop = loop;
        this.codec = codec;
    }

    /** @param serverName that the client asked for in TLS, empty when it did not */
    public static void install(ChannelPipeline pipeline, Loop loop, String serverName) {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(loop.policy.streams())
                        .maxHeaderListSize(loop.policy.headBytes())
                        .initialWindowSize(STREAM_WINDOW))
                .decoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESETS_SECONDS)
                // Each stream has its deadlines, and the router its own for all of them.
                .gracefulShutdownTimeoutMillis(-1)
                .build();
        Http2Connection connection = new Http2Connection(loop, codec);
        pipeline.addLast(codec, new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                connection.opened(stream);
                stream.pipeline().addLast(new Http2Stream(loop), new ClientConnection(loop, Edge.HTTP2, serverName));
            }
        }));
        pipeline.addLast(connection);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Http2Exception {
        context = added;
        if (!loop.enter(this)) {
            forceClose();
            return;
        }
        setDeadline(loop.policy.keepAlive().toNanos());
        var flow = codec.connection().local().flowController();
        flow.incrementWindowSize(codec.connection().connectionStream(), CONNECTION_WINDOW - STREAM_WINDOW);
        added.flush();
    }

    private void opened(Channel stream) {
        streams++;
        stream.closeFuture().addListener(closed -> {
            streams--;
            if (!isClosing) {
                setDeadline(loop.policy.keepAlive().toNanos());
            }
        });
    }

    private void setDeadline(long nanos) {
        loop.deadlines.set(deadline, loop.nowNanos() + nanos);
    }

    private void timeUp(long nowNanos) {
        if (isClosing) {
            forceClose();
        } else if (streams == 0) {
            isClosing = true;
            closeIfIdle();
            loop.deadlines.set(deadline, nowNanos + FAREWELL_NANOS);
        }
    }

    /** Says that it takes no more requests (GOAWAY), and closes when those it has are answered. */
    @Override
    public void closeIfIdle() {
        ChannelHandlerContext own = context;
        if (own != null) {
            own.close();
        }
    }

    /** Later, when its streams have ended in their own way. Past the codec, which waits for what its client takes. */
    @Override
    public void forceClose() {
        ChannelHandlerContext own = context;
        if (own != null) {
            own.channel().eventLoop().execute(() -> {
                ChannelHandlerContext inner = own.pipeline().context(codec);
                if (inner != null) {
                    inner.close();
                }
            });
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext own, Object frame) {
        ReferenceCountUtil.release(frame);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext own, Throwable cause) {
        forceClose();
    }

    @Override
    public void channelInactive(ChannelHandlerContext own) {
        // Its streams end after it, and must not give it a new deadline.
        isClosing = true;
        loop.leave(this);
        loop.deadlines.remove(deadline);
    }
}
