package dev.celadon.router.proxy;

import dev.celadon.router.domain.ByteWriter;
import dev.celadon.router.domain.Http2Request;
import dev.celadon.router.domain.Http2Response;
import dev.celadon.router.domain.Malformed;
import dev.celadon.router.domain.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One stream of HTTP/2, between its frames and the {@link ClientConnection} behind it: that one sees a client of HTTP/1.1
 * with a single request, so every rule of a request's way is there once.
 */
final class Http2Stream extends ChannelDuplexHandler implements Sink {
    private final Loop loop;
    private @Nullable ChannelHandlerContext context;
    private boolean hasBegun;
    private boolean isHead;
    private boolean isRequestChunked;
    private boolean isRequestOver;
    private boolean isReset;
    private @Nullable Body body;
    private @Nullable Http2Headers trailers;
    private @Nullable ChannelFuture lastFrame;

    Http2Stream(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext own, Object frame) {
        try {
            if (frame instanceof Http2HeadersFrame head) {
                isRequestOver = head.isEndStream();
                readFields(own, head.headers());
            } else if (frame instanceof Http2DataFrame data) {
                isRequestOver = data.isEndStream();
                readData(own, data.content().retain());
            }
        } catch (Malformed malformed) {
            reset(own, Http2Error.PROTOCOL_ERROR);
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    private void readFields(ChannelHandlerContext own, Http2Headers fields) {
        if (!hasBegun) {
            hasBegun = true;
            isHead = "HEAD".contentEquals(fields.method() == null ? "" : fields.method());
            isRequestChunked = Http2Request.write(fields, !isRequestOver, loop.out);
            own.fireChannelRead(written(own));
        } else if (isRequestChunked) {
            Http2Request.writeTrailers(fields, loop.out);
            own.fireChannelRead(written(own));
        }
    }

    private ByteBuf written(ChannelHandlerContext own) {
        return own.alloc().buffer(loop.out.length()).writeBytes(loop.out.bytes(), 0, loop.out.length());
    }

    private void readData(ChannelHandlerContext own, ByteBuf content) {
        if (!content.isReadable()) {
            content.release();
        } else {
            own.fireChannelRead(isRequestChunked ? Chunks.wrap(content) : content);
        }
        if (isRequestOver && isRequestChunked) {
            own.fireChannelRead(Chunks.lastChunk());
        }
    }

    /** The client wants no answer any more. The stream itself is over when all have heard of it. */
    @Override
    public void userEventTriggered(ChannelHandlerContext own, Object event) {
        if (event instanceof Http2ResetFrame) {
            isReset = true;
            own.channel().eventLoop().execute(own::close);
        }
    }

    /** What a client did wrong the codec answers itself, with the error that fits. */
    @Override
    public void exceptionCaught(ChannelHandlerContext own, Throwable cause) {
        if (!(cause instanceof Http2Exception)) {
            own.fireExceptionCaught(cause);
        }
    }

    @Override
    public void write(ChannelHandlerContext own, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        ChannelFuture last = lastFrame;
        if (last != null) {
            // Asks when all has left.
            bytes.release();
            last.addListener(done -> promise.trySuccess());
            return;
        }
        Body current = body;
        if (current == null) {
            writeHead(own, bytes);
        } else {
            writeBody(own, current, bytes);
        }
        promise.trySuccess();
    }

    /** Heads always come whole, with or without the beginning of what follows. */
    private void writeHead(ChannelHandlerContext own, ByteBuf bytes) {
        // Not the loop's own bytes and head: somebody up the stack may be reading them.
        byte[] copy = new byte[bytes.readableBytes()];
        bytes.getBytes(bytes.readerIndex(), copy);
        ResponseHead head = loop.translated;
        bytes.skipBytes(head.parse(copy, 0, copy.length));
        Http2Headers fields = new DefaultHttp2Headers(false, 16).status(Integer.toString(head.status()));
        Http2Response.fields(head, fields::add);
        if (head.isInterim()) {
            bytes.release();
            own.write(new DefaultHttp2HeadersFrame(fields, false));
            return;
        }
        Body following = switch (head.framing(isHead)) {
            case NONE -> Body.none();
            case LENGTH -> Body.ofLength(head.length());
            case CHUNKED -> Body.ofChunks(new Chunks(true, false));
            case UNTIL_CLOSE -> throw new IllegalStateException("a response to HTTP/1.1 that ends with its connection");
        };
        body = following;
        ChannelFuture written = own.write(new DefaultHttp2HeadersFrame(fields, following.isComplete()));
        if (following.isComplete()) {
            bytes.release();
            lastFrame = written;
        } else {
            writeBody(own, following, bytes);
        }
    }

    private void writeBody(ChannelHandlerContext own, Body current, ByteBuf bytes) {
        current.read(bytes, this);
        if (current.isComplete() && lastFrame == null) {
            Http2Headers behind = trailers;
            lastFrame = own.write(
                    behind == null ? new DefaultHttp2DataFrame(true) : new DefaultHttp2HeadersFrame(behind, true));
        }
    }

    @Override
    public void take(ByteBuf piece) {
        ChannelHandlerContext own = context;
        Body current = body;
        if (own == null || current == null) {
            piece.release();
        } else if (current.isComplete()) {
            lastFrame = own.write(new DefaultHttp2DataFrame(piece, true));
        } else {
            own.write(new DefaultHttp2DataFrame(piece));
        }
    }

    @Override
    public void takeTrailers(ByteWriter written) {
        Http2Headers fields = new DefaultHttp2Headers(false, 4);
        Http2Response.trailers(written, fields::add);
        trailers = fields.isEmpty() ? null : fields;
    }

    /**
     * What is not whole must not look whole, and what the client does not take must not lie here for ever; a client that
     * was answered before it has sent all is told to stop, without blame (RFC 9113 section 8.1).
     */
    @Override
    public void close(ChannelHandlerContext own, ChannelPromise promise) {
        ChannelFuture last = lastFrame;
        if (last == null || !last.isDone()) {
            reset(own, Http2Error.INTERNAL_ERROR);
        } else if (!isRequestOver) {
            reset(own, Http2Error.NO_ERROR);
        }
        own.close(promise);
    }

    private void reset(ChannelHandlerContext own, Http2Error error) {
        if (!isReset) {
            isReset = true;
            own.writeAndFlush(new DefaultHttp2ResetFrame(error));
        }
    }
}
