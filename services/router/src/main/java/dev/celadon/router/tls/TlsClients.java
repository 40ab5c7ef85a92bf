package dev.celadon.router.tls;

import dev.celadon.router.proxy.ClientConnection;
import dev.celadon.router.proxy.Edge;
import dev.celadon.router.proxy.Http2Connection;
import dev.celadon.router.proxy.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/** The pipeline of a client that comes over TLS: its certificate by name, then the protocol it can speak. */
public final class TlsClients extends ChannelInitializer<Channel> {
    /** The longest a client may take to ask for a name. */
    private static final int HANDSHAKE_MILLIS = 10_000;

    private static final int MOST_HELLO_BYTES = 64 * 1024;

    private final Loop loop;
    private final Certificates certificates;

    public TlsClients(Loop loop, Certificates certificates) {
        this.loop = loop;
        this.certificates = certificates;
    }

    @Override
    protected void initChannel(Channel channel) {
        loop.prepare(channel);
        channel.pipeline()
                .addLast(new SniHandler(this::certificate, MOST_HELLO_BYTES, HANDSHAKE_MILLIS))
                .addLast(new Negotiation());
    }

    private io.netty.util.concurrent.Future<SslContext> certificate(
            @Nullable String name, Promise<SslContext> promise) {
        certificates.of(name).onSuccess(promise::trySuccess).onFailure(promise::tryFailure);
        return promise;
    }

    private final class Negotiation extends ApplicationProtocolNegotiationHandler {
        private String name = "";

        Negotiation() {
            super(ApplicationProtocolNames.HTTP_1_1);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (event instanceof SniCompletionEvent asked && asked.hostname() != null) {
                name = asked.hostname();
            }
            super.userEventTriggered(context, event);
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext context, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                Http2Connection.install(context.pipeline(), loop, name);
            } else {
                context.pipeline().addLast(new ClientConnection(loop, Edge.TLS, name));
            }
        }

        /** A client that breaks off its handshake is no news. */
        @Override
        protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
