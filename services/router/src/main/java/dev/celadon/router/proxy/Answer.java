package dev.celadon.router.proxy;

import dev.celadon.contract.RouterError;
import dev.celadon.router.domain.ResponseHead;
import dev.celadon.router.domain.ResponseRewrite;
import dev.celadon.router.domain.ResponseRewrite.Persistence;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A dyno's response on its way to the client: its head rewritten, its body as it comes, never far ahead of the client. */
final class Answer implements Sink {
    /** A body no longer than this is copied behind its head, which costs less than a second buffer. */
    private static final int COPIED_BYTES = 8 * 1024;

    private final Exchange exchange;
    private @Nullable ByteBuf unsent;
    private @Nullable Body body;
    private int status;
    private boolean hasBegun;
    private boolean keepsClient;
    private boolean keepsDyno;
    private int dynoKeepAliveSeconds;
    private boolean hasContinued;
    private long tunnelBytes;

    Answer(Exchange exchange) {
        this.exchange = exchange;
    }

    /** 1xx. The router has said 100 itself, unless the app wants to. */
    void interim(ResponseHead head) {
        Request request = exchange.request;
        switch (head.status()) {
            case 100 -> {
                if (!exchange.isContinueEndToEnd()) {
                    return;
                }
                if (hasContinued) {
                    exchange.fail(RouterError.H17, "");
                    return;
                }
                hasContinued = true;
                if (request.isHttp11()) {
                    exchange.client.write(Pages.CONTINUE.duplicate());
                }
            }
            case 101 -> {
                if (!request.isUpgrade()) {
                    exchange.fail(RouterError.H17, "");
                    return;
                }
                status = 101;
                hasBegun = true;
                writeInterim(head);
            }
            default -> {
                if (request.isHttp11()) {
                    writeInterim(head);
                }
            }
        }
    }

    private void writeInterim(ResponseHead head) {
        ResponseRewrite.writeInterim(head, exchange.loop.out);
        exchange.client.write(headBuffer(0));
    }

    private ByteBuf headBuffer(int more) {
        var out = exchange.loop.out;
        ByteBuf buffer = exchange.client.buffer(out.length() + more);
        return buffer.writeBytes(out.bytes(), 0, out.length());
    }

    /** @param readable bytes that have come with the head */
    Body begin(ResponseHead head, int readable) {
        Request request = exchange.request;
        ResponseHead.Framing framing = head.framing(request.isHead());
        boolean needsChunks = framing == ResponseHead.Framing.CHUNKED || framing == ResponseHead.Framing.UNTIL_CLOSE;
        status = head.status();
        hasBegun = true;
        keepsDyno = head.isKeepAlive() && framing != ResponseHead.Framing.UNTIL_CLOSE;
        dynoKeepAliveSeconds = head.keepAliveSeconds();
        keepsClient = keeps(request.isKeepAlive()) && (request.isHttp11() || !needsChunks);
        Persistence persistence =
                !keepsClient ? Persistence.CLOSED : request.isHttp11() ? Persistence.KEPT : Persistence.KEPT_ALOUD;
        ResponseRewrite.write(head, request.isHttp11(), request.isHead(), persistence, exchange.loop.out);
        Body following = switch (framing) {
            case NONE -> Body.none();
            case LENGTH -> Body.ofLength(head.length());
            case CHUNKED -> Body.ofChunks(new Chunks(!request.isHttp11(), true));
            case UNTIL_CLOSE -> Body.untilClose(request.isHttp11());
        };
        body = following;
        unsent = headBuffer(following.isComplete() || readable > COPIED_BYTES ? 0 : readable);
        return following;
    }

    /** Whether the connection of a client that wants to keep it is kept. */
    boolean keeps(boolean isWanted) {
        return isWanted && !exchange.loop.isDraining();
    }

    @Override
    public void take(ByteBuf piece) {
        ByteBuf head = unsent;
        if (body == null) {
            tunnelBytes += piece.readableBytes();
        }
        if (head != null && piece.readableBytes() <= head.writableBytes()) {
            head.writeBytes(piece);
            piece.release();
        } else {
            sendHead();
            exchange.client.write(piece);
        }
    }

    private void sendHead() {
        ByteBuf head = unsent;
        unsent = null;
        if (head != null) {
            exchange.client.write(head);
        }
    }

    /** After each read from the dyno: what is written leaves, and a client that is too far behind stops the dyno. */
    void moved(DynoConnection from) {
        sendHead();
        ClientConnection client = exchange.client;
        client.relieve();
        if (!client.isWritable() && client.pending() > exchange.loop.allowance()) {
            client.hasTakenSome();
            from.pause(true);
        }
    }

    void end() {
        sendHead();
    }

    /** Ends without having been sent. */
    void discard() {
        ByteBuf head = unsent;
        unsent = null;
        if (head != null) {
            head.release();
        }
    }

    boolean hasBegun() {
        return hasBegun;
    }

    boolean keepsClient() {
        return keepsClient;
    }

    boolean keepsDyno() {
        return keepsDyno;
    }

    int dynoKeepAliveSeconds() {
        return dynoKeepAliveSeconds;
    }

    int status() {
        return status;
    }

    /** Of content, without heads and framing. */
    long bytes() {
        Body following = body;
        return following == null ? tunnelBytes : following.bytes();
    }
}
