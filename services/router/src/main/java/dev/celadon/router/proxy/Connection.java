package dev.celadon.router.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/** A channel with what both ends of a request do with it: write without flushing, pause, close one side. */
abstract class Connection extends ChannelInboundHandlerAdapter {
    final Loop loop;
    private @Nullable ChannelHandlerContext context;
    private boolean isWritten;
    private boolean isPaused;
    private long waiting;

    Connection(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    final ChannelHandlerContext context() {
        ChannelHandlerContext added = context;
        if (added == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return added;
    }

    final Channel channel() {
        return context().channel();
    }

    final void write(ByteBuf bytes) {
        ChannelHandlerContext own = context();
        own.write(bytes, own.voidPromise());
        if (!isWritten) {
            isWritten = true;
            loop.willFlush(this);
        }
    }

    final void flushWritten() {
        isWritten = false;
        context().flush();
    }

    final ByteBuf buffer(int capacity) {
        return context().alloc().directBuffer(capacity);
    }

    final boolean isWritable() {
        return channel().isWritable();
    }

    final boolean isPaused() {
        return isPaused;
    }

    /** Stops or goes on reading; the kernel's window does the rest. */
    final void pause(boolean pauses) {
        if (isPaused != pauses) {
            isPaused = pauses;
            channel().config().setAutoRead(!pauses);
        }
    }

    /** Everything written, then the end of this direction. */
    final void closeOutput() {
        Channel channel = channel();
        flushWritten();
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (channel instanceof DuplexChannel duplex) {
            // Not before the last byte has left: a socket's shutdown does not wait for Netty's buffer.
            channel.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER).addListener(done -> duplex.shutdownOutput());
        }
        // A stream of HTTP/2 has said its end with the last of its response.
    }

    final void close() {
        channel().close();
    }

    /** Bytes that wait for the peer to take them. */
    final long pending() {
        Channel channel = channel();
        if (!channel.isOpen()) {
            return 0;
        }
        return channel.isWritable()
                ? channel.config().getWriteBufferHighWaterMark() + 1 - channel.bytesBeforeUnwritable()
                : channel.config().getWriteBufferLowWaterMark() - 1 + channel.bytesBeforeWritable();
    }

    /** Much waits here: most often the peer takes it at once, and nobody need pause. */
    final void relieve() {
        if (!isWritable()) {
            loop.flush();
            countWaiting();
        }
    }

    /** Tells the loop what waits here for a slow peer: after a flush, and when some of it has left. */
    final void countWaiting() {
        long now = isWritable() ? 0 : pending();
        loop.buffer(now - waiting);
        waiting = now;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext own, Throwable cause) {
        own.close();
    }

    static ByteBuf join(@Nullable ByteBuf kept, ByteBuf more) {
        if (kept == null) {
            return more;
        }
        ByteBuf all = kept;
        if (kept.writableBytes() < more.readableBytes()) {
            all = more.alloc().buffer((kept.readableBytes() + more.readableBytes()) * 2);
            all.writeBytes(kept);
            kept.release();
        }
        all.writeBytes(more);
        more.release();
        return all;
    }
}
