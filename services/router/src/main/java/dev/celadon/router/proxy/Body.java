package dev.celadon.router.proxy;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Where the body of a message ends, followed while it passes: its pieces go on as they came, without a copy. */
final class Body {
    private static final Body NONE = new Body(Kind.LENGTH, 0, null);

    private final Kind kind;
    private final @Nullable Chunks chunks;
    private long remaining;
    private long bytes;
    private boolean isComplete;

    private enum Kind {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE,
        UNTIL_CLOSE_IN_CHUNKS
    }

    private Body(Kind kind, long remaining, @Nullable Chunks chunks) {
        this.kind = kind;
        this.remaining = remaining;
        this.chunks = chunks;
        this.isComplete = kind == Kind.LENGTH && remaining == 0;
    }

    static Body none() {
        return NONE;
    }

    static Body ofLength(long length) {
        return length == 0 ? NONE : new Body(Kind.LENGTH, length, null);
    }

    static Body ofChunks(Chunks chunks) {
        return new Body(Kind.CHUNKED, 0, chunks);
    }

    /** @param isChunking passed on in chunks, so that the connection it goes to can live on */
    static Body untilClose(boolean isChunking) {
        return new Body(isChunking ? Kind.UNTIL_CLOSE_IN_CHUNKS : Kind.UNTIL_CLOSE, 0, null);
    }

    boolean isComplete() {
        return isComplete;
    }

    /** Bytes of content so far, without its framing. */
    long bytes() {
        return chunks == null ? bytes : chunks.contentBytes();
    }

    /**
     * Passes on what belongs to the body; takes {@code in} over.
     *
     * @return what lies behind the body, for the caller to take
     * @throws dev.celadon.router.domain.Malformed when chunks cannot be read; {@code in} is released
     */
    @Nullable
    ByteBuf read(ByteBuf in, Sink sink) {
        if (!in.isReadable()) {
            in.release();
            return null;
        }
        switch (kind) {
            case LENGTH -> {
                return readLength(in, sink);
            }
            case CHUNKED -> {
                Chunks reader = java.util.Objects.requireNonNull(chunks);
                ByteBuf rest = reader.read(in, sink);
                isComplete = reader.isComplete();
                return rest;
            }
            case UNTIL_CLOSE -> {
                bytes += in.readableBytes();
                sink.take(in);
                return null;
            }
            case UNTIL_CLOSE_IN_CHUNKS -> {
                bytes += in.readableBytes();
                sink.take(Chunks.wrap(in));
                return null;
            }
        }
        throw new IllegalStateException();
    }

    private @Nullable ByteBuf readLength(ByteBuf in, Sink sink) {
        int readable = in.readableBytes();
        if (readable <= remaining) {
            remaining -= readable;
            bytes += readable;
            isComplete = remaining == 0;
            sink.take(in);
            return null;
        }
        if (remaining > 0) {
            bytes += remaining;
            sink.take(in.readRetainedSlice((int) remaining));
            remaining = 0;
            isComplete = true;
        }
        return in;
    }

    /** The sender has closed: whether that is the body's regular end. */
    boolean end(Sink sink) {
        if (kind == Kind.UNTIL_CLOSE_IN_CHUNKS) {
            sink.take(Chunks.lastChunk());
        }
        isComplete |= kind == Kind.UNTIL_CLOSE || kind == Kind.UNTIL_CLOSE_IN_CHUNKS;
        return isComplete;
    }
}
