package dev.celadon.router.proxy;

import dev.celadon.router.domain.Dyno;
import dev.celadon.router.domain.Malformed;
import dev.celadon.router.domain.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection to a dyno: reads responses and hands them to the exchange it works for; idle in the pool in between. */
final class DynoConnection extends Connection {
    private static final int MOST_HEAD_BYTES = 1024 * 1024;
    private static final int FIRST_LOOK_BYTES = 4 * 1024;

    private final Dyno dyno;
    private @Nullable ChannelFuture opening;
    private @Nullable Exchange exchange;
    private @Nullable Body body;
    private @Nullable ByteBuf partialHead;
    private boolean hasSpoken;
    private boolean isAnswered;
    private boolean isReused;
    private boolean isDropped;
    private long idleSinceNanos;
    private long idleLimitNanos;

    DynoConnection(Loop loop, Dyno dyno) {
        super(loop);
        this.dyno = dyno;
        this.idleLimitNanos = loop.policy.pooled().toNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        super.handlerAdded(added);
        loop.prepare(added.channel());
    }

    void connect(Connector connector, DynoSearch asking) {
        ChannelFuture future = connector.connect(dyno.address(), this);
        opening = future;
        future.addListener(done -> {
            if (isDropped) {
                future.channel().close();
            } else if (done.isSuccess()) {
                asking.connected(this);
            } else {
                asking.connectFailed(true);
            }
        });
    }

    Dyno dyno() {
        return dyno;
    }

    boolean isReused() {
        return isReused;
    }

    /** Whether any byte of a response has come. */
    boolean hasSpoken() {
        return hasSpoken;
    }

    boolean isUsable(long nowNanos) {
        return channel().isActive() && idleNanos(nowNanos) < idleLimitNanos;
    }

    long idleNanos(long nowNanos) {
        return nowNanos - idleSinceNanos;
    }

    void work(Exchange next) {
        exchange = next;
        body = null;
        hasSpoken = false;
        isAnswered = false;
    }

    /** The exchange needs it no more, and nobody else will. */
    void drop() {
        exchange = null;
        isDropped = true;
        ChannelFuture future = opening;
        if (future != null) {
            future.channel().close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext own, Object message) {
        ByteBuf in = (ByteBuf) message;
        Exchange working = exchange;
        if (working == null) {
            // A dyno that speaks without being asked cannot be understood any more.
            in.release();
            close();
            return;
        }
        hasSpoken = true;
        if (isAnswered) {
            in.release();
            release(working, false);
        } else if (working.isTunnel()) {
            working.tunnelDown(in);
        } else {
            read(working, in);
        }
    }

    private void read(Exchange working, ByteBuf bytes) {
        ByteBuf in = bytes;
        try {
            while (in != null && exchange == working) {
                Body current = body;
                if (current == null) {
                    in = readHead(working, in);
                } else {
                    in = current.read(in, working.answer());
                }
                // A head leaves with the content that came with it.
                if (current != null || in == null) {
                    working.responseMoved();
                }
                if (body != null && body.isComplete() && exchange == working) {
                    finish(working, in);
                    return;
                }
                if (in != null && working.isTunnel()) {
                    working.tunnelDown(in);
                    return;
                }
            }
        } catch (Malformed malformed) {
            working.responseMalformed(malformed);
            return;
        }
        if (in != null) {
            in.release();
        }
    }

    /** @return what lies behind the head; null when it is not whole yet, or the exchange has ended over it */
    private @Nullable ByteBuf readHead(Exchange working, ByteBuf bytes) {
        ByteBuf in = join(partialHead, bytes);
        partialHead = null;
        int end;
        try {
            int size = Math.min(in.readableBytes(), FIRST_LOOK_BYTES);
            end = loop.response.parse(loop.bytes(in, size), 0, size);
            if (end == ResponseHead.INCOMPLETE && size < in.readableBytes()) {
                size = Math.min(in.readableBytes(), MOST_HEAD_BYTES);
                end = loop.response.parse(loop.bytes(in, size), 0, size);
            }
            if (end == ResponseHead.INCOMPLETE && size == MOST_HEAD_BYTES) {
                throw Malformed.headTooLarge();
            }
        } catch (Malformed malformed) {
            in.release();
            throw malformed;
        }
        if (end == ResponseHead.INCOMPLETE) {
            partialHead = in;
            return null;
        }
        in.skipBytes(end);
        body = working.responded(loop.response, in.readableBytes());
        if (in.isReadable()) {
            return in;
        }
        in.release();
        return null;
    }

    /** The response is whole. A dyno that answered before it has read the request may read on. */
    private void finish(Exchange working, @Nullable ByteBuf behind) {
        boolean isClean = behind == null;
        if (behind != null) {
            behind.release();
        }
        if (isClean
                && !working.isRequestSent()
                && working.answer().keepsDyno()
                && channel().isActive()) {
            isAnswered = true;
            working.answer().end();
        } else {
            release(working, isClean);
        }
    }

    /** The request is whole, too, after its response. */
    void requestSent(Exchange working) {
        if (isAnswered) {
            release(working, true);
        }
    }

    private void release(Exchange working, boolean isClean) {
        body = null;
        isAnswered = false;
        exchange = null;
        boolean isReusable = isClean
                && working.isRequestSent()
                && working.answer().keepsDyno()
                && channel().isActive();
        if (isReusable) {
            isReused = true;
            pause(false);
            idleSinceNanos = loop.nowNanos();
            idleLimitNanos = idleLimit(working.answer().dynoKeepAliveSeconds());
            loop.pool.put(this);
        } else {
            close();
        }
        working.responseComplete();
    }

    /** A second less than the dyno promises, so that none is sent into a connection that closes. */
    private long idleLimit(int seconds) {
        long own = loop.policy.pooled().toNanos();
        return seconds < 0 ? own : Math.min(own, TimeUnit.MILLISECONDS.toNanos(Math.max(0, seconds * 1_000L - 1_000)));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext own) {
        countWaiting();
        Exchange working = exchange;
        if (working != null) {
            working.dynoWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext own, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            Exchange working = exchange;
            if (working != null && working.isTunnel()) {
                working.tunnelDownEnded();
            } else {
                close();
            }
        }
    }

    /** A write that failed leaves the chance that an answer lies here already; the read side says when it is over. */
    @Override
    public void exceptionCaught(ChannelHandlerContext own, Throwable cause) {}

    @Override
    public void channelInactive(ChannelHandlerContext own) {
        countWaiting();
        Exchange working = exchange;
        Body current = body;
        ByteBuf partial = partialHead;
        exchange = null;
        partialHead = null;
        if (partial != null) {
            partial.release();
        }
        if (working == null) {
            loop.pool.forget(this);
        } else if (isAnswered || (current != null && current.end(working.answer()))) {
            working.responseComplete();
        } else {
            working.dynoGone();
        }
    }
}
