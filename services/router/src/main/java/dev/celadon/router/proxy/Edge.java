package dev.celadon.router.proxy;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** Where a client came in: over TLS or not. */
public enum Edge {
    PLAIN("http"),
    TLS("https");

    private final String protocol;

    Edge(String protocol) {
        this.protocol = protocol;
    }

    boolean isSecure() {
        return this == TLS;
    }

    /** As the log line calls it. */
    String protocol() {
        return protocol;
    }

    String addressOf(Channel channel) {
        Channel outermost = channel.parent() == null || channel.parent().remoteAddress() == null
                ? channel
                : channel.remoteAddress() == null ? channel.parent() : channel;
        return outermost.remoteAddress() instanceof InetSocketAddress address && address.getAddress() != null
                ? address.getAddress().getHostAddress()
                : "";
    }
}
