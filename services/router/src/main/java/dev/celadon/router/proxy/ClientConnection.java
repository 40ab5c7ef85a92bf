package dev.celadon.router.proxy;

import dev.celadon.contract.RouterError;
import dev.celadon.router.domain.App;
import dev.celadon.router.domain.Deadlines;
import dev.celadon.router.domain.Malformed;
import dev.celadon.router.domain.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: reads one request after the other, each into an {@link Exchange}. What comes while an exchange
 * cannot take it is held, and reading pauses.
 */
public final class ClientConnection extends Connection implements Loop.Client {
    private static final int FIRST_LOOK_BYTES = 2 * 1024;
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Edge edge;
    private final String serverName;
    private final ChallengeGate challenge;
    private final Deadlines.Entry deadline = new Deadlines.Entry() {
        @Override
        protected void expired(long nowNanos) {
            timeUp(nowNanos);
        }
    };
    private @Nullable Exchange exchange;
    private @Nullable ByteBuf held;
    private String address = "";
    private String lastHost = "";
    private boolean hasEntered;
    private boolean isConsuming;
    private boolean isInputClosed;
    private boolean isLingering;
    private long lastPending;

    /** @param serverName that the client asked for in TLS, empty when it did not */
    public ClientConnection(Loop loop, Edge edge, String serverName) {
        super(loop);
        this.edge = edge;
        this.challenge = new ChallengeGate(loop, edge, this::challengeKnown);
        this.serverName = serverName.toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public void channelActive(ChannelHandlerContext own) {
        enter(own);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        super.handlerAdded(added);
        // After a handshake the channel has been active for long.
        if (added.channel().isActive()) {
            enter(added);
        }
    }

    private void enter(ChannelHandlerContext own) {
        if (hasEntered) {
            return;
        }
        hasEntered = true;
        address = edge.addressOf(own.channel());
        if (loop.enter(this)) {
            awaitRequest();
        } else {
            close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext own, Object message) {
        ByteBuf more = (ByteBuf) message;
        if (isLingering) {
            more.release();
            return;
        }
        ByteBuf before = held;
        if (before == null && exchange == null) {
            loop.deadlines.set(
                    deadline, loop.nowNanos() + loop.policy.keepAlive().toNanos());
        }
        held = null;
        consume(join(before, more));
    }

    private void consume(ByteBuf bytes) {
        ByteBuf in = bytes;
        isConsuming = true;
        while (in != null) {
            Exchange current = exchange;
            if (isLingering) {
                in.release();
                in = null;
            } else if (current == null) {
                in = readHead(in);
            } else if (current.takesBody()) {
                in = readBody(current, in);
            } else if (current.isTunnel()) {
                current.tunnelUp(in);
                in = null;
            } else {
                held = in;
                in = null;
            }
        }
        isConsuming = false;
        updateReading();
    }

    /** What an exchange cannot take yet waits in the kernel, but for the little that is here already. */
    void updateReading() {
        Exchange current = exchange;
        boolean isHolding = held != null && current != null;
        pause(!isLingering && (isHolding || (current != null && current.isDynoBehind())));
    }

    private @Nullable ByteBuf readBody(Exchange current, ByteBuf in) {
        try {
            return current.readBody(in);
        } catch (Malformed malformed) {
            current.fail(RouterError.H26, "bad chunk");
            return null;
        }
    }

    /** @return what lies behind the head; null when it is not whole yet, or was refused */
    private @Nullable ByteBuf readHead(ByteBuf in) {
        RequestHead head = loop.request;
        int end;
        try {
            int size = Math.min(in.readableBytes(), FIRST_LOOK_BYTES);
            end = head.parse(loop.bytes(in, size), 0, size);
            if (end == RequestHead.INCOMPLETE && size < in.readableBytes()) {
                size = Math.min(in.readableBytes(), loop.policy.headBytes());
                end = head.parse(loop.bytes(in, size), 0, size);
            }
            if (end == RequestHead.INCOMPLETE && size >= loop.policy.headBytes()) {
                throw Malformed.headTooLarge();
            }
        } catch (Malformed malformed) {
            in.release();
            refuse(malformed, head);
            return null;
        }
        if (end == RequestHead.INCOMPLETE || challenge.holds(head)) {
            held = in;
            return null;
        }
        in.skipBytes(end);
        dispatch(head);
        if (in.isReadable()) {
            return in;
        }
        in.release();
        return null;
    }

    private void challengeKnown(Optional<String> answer) {
        if (!channel().isActive() || isLingering) {
            return;
        }
        if (answer.isPresent()) {
            answer(Pages.plain(200, "OK", answer.get()), false);
        } else {
            takeHeld();
        }
    }

    private void dispatch(RequestHead head) {
        if (!head.isHost(lastHost)) {
            lastHost = head.host();
        }
        App app = loop.table.find(lastHost);
        if (head.method().equals("CONNECT")) {
            answer(Pages.plain(405, "Method Not Allowed", "CONNECT is not possible here.\n"), false);
        } else if (loop.policy.redirectPort() > 0 && !edge.isSecure()) {
            answer(Pages.redirect(lastHost, loop.policy.redirectPort(), head.path()), false);
        } else if (app == null) {
            boolean isKept = head.isKeepAlive() && head.length() == 0;
            answer(Pages.noSuchApp(head.method().equals("HEAD"), isKept, head.isHttp11()), isKept);
        } else {
            Body body = head.length() == RequestHead.CHUNKED
                    ? Body.ofChunks(new Chunks(false, false))
                    : Body.ofLength(head.length());
            Exchange next = new Exchange(loop, this, app, Request.of(head, lastHost, edge, address, loop), body);
            exchange = next;
            next.start(head, isMisdirected(app));
        }
    }

    /** On a connection that was opened for another app, and shown that app's certificate. */
    private boolean isMisdirected(App app) {
        int length = serverName.length();
        boolean isSame =
                lastHost.startsWith(serverName) && (lastHost.length() == length || lastHost.charAt(length) == ':');
        App named = isSame || length == 0 ? null : loop.table.find(serverName);
        return named != null && !named.route().appId().equals(app.route().appId());
    }

    private void refuse(Malformed malformed, RequestHead head) {
        App app = loop.table.find(head.hostIfKnown());
        if (app != null) {
            loop.accessLog.refused(app, head, edge, address, loop);
        }
        answer(Pages.plain(400, "Bad Request", "This request has " + malformed.getMessage() + ".\n"), false);
    }

    private void answer(ByteBuf page, boolean isKept) {
        write(page);
        if (isKept) {
            awaitRequest();
        } else {
            linger();
        }
    }

    String address() {
        return address;
    }

    boolean isInputClosed() {
        return isInputClosed;
    }

    boolean isHolding() {
        return held != null;
    }

    /**
     * The exchange has answered.
     *
     * @param isLast the client has sent all it promised to send, so nothing unread can spoil the close
     */
    void exchangeDone(boolean isKept, boolean isLast) {
        exchange = null;
        lastPending = Long.MAX_VALUE;
        if (!channel().isActive()) {
            return;
        }
        if (!isKept || (isInputClosed && held == null)) {
            isInputClosed |= isLast && held == null;
            linger();
            return;
        }
        awaitRequest();
        if (!isConsuming) {
            takeHeld();
        }
    }

    /** The exchange can take more. */
    void takeHeld() {
        ByteBuf in = held;
        if (in != null && !isConsuming) {
            held = null;
            consume(in);
        } else {
            updateReading();
        }
    }

    private void awaitRequest() {
        loop.deadlines.set(deadline, loop.nowNanos() + loop.policy.keepAlive().toNanos());
    }

    void setDeadline(long nanos) {
        loop.deadlines.set(deadline, nanos);
    }

    /**
     * Closes after what was written has left. What the client still sends is read and thrown away for a moment: closing
     * on unread bytes would reset the connection and take the answer with it.
     */
    private void linger() {
        release();
        isLingering = true;
        if (isInputClosed) {
            flushWritten();
            if (pending() == 0) {
                close();
            } else {
                channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> close());
            }
            return;
        }
        pause(false);
        closeOutput();
        setDeadline(loop.nowNanos() + LINGER_NANOS);
    }

    /** The answer is not whole, and the client must see that: a reset, never a regular end. */
    void abort() {
        exchange = null;
        release();
        isLingering = true;
        channel().config().setOption(ChannelOption.SO_LINGER, 0);
        close();
    }

    @Override
    public void closeIfIdle() {
        if (exchange == null && held == null && !isLingering) {
            linger();
        }
    }

    @Override
    public void forceClose() {
        Exchange current = exchange;
        if (current != null) {
            current.fail(RouterError.H24, "");
        }
        close();
    }

    private void timeUp(long nowNanos) {
        Exchange current = exchange;
        if (current != null) {
            current.timeUp(nowNanos);
        } else if (pending() > 0 && hasTakenSome()) {
            setDeadline(nowNanos + loop.policy.idle().toNanos());
        } else if (held != null && !isLingering) {
            answer(Pages.plain(408, "Request Timeout", "The request did not come in time.\n"), false);
        } else {
            close();
        }
    }

    /** Whether the client took any of what waits for it since the last call. */
    boolean hasTakenSome() {
        long now = pending();
        boolean hasTaken = now < lastPending;
        lastPending = now;
        return hasTaken;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext own) {
        countWaiting();
        Exchange current = exchange;
        if (current != null) {
            current.clientWritable(isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext own, Object event) {
        if (event != ChannelInputShutdownEvent.INSTANCE) {
            return;
        }
        isInputClosed = true;
        Exchange current = exchange;
        if (current == null) {
            // Its last answer may not have left yet.
            linger();
        } else {
            current.clientEnded();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext own) {
        countWaiting();
        loop.leave(this);
        loop.deadlines.remove(deadline);
        Exchange current = exchange;
        exchange = null;
        release();
        if (current != null) {
            current.clientGone();
        }
    }

    private void release() {
        ByteBuf rest = held;
        held = null;
        if (rest != null) {
            rest.release();
        }
    }
}
