package dev.celadon.router.proxy;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** Where a client came in: over TLS or not, and what it speaks there. */
public enum Edge {
    PLAIN("http"),
    TLS("https"),
    HTTP2("https");

    private final String protocol;

    Edge(String protocol) {
        this.protocol = protocol;
    }

    boolean isSecure() {
        return this != PLAIN;
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
