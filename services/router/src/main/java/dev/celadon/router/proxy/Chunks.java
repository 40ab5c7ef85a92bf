package dev.celadon.router.proxy;

import dev.celadon.router.domain.ByteWriter;
import dev.celadon.router.domain.ChunkLine;
import dev.celadon.router.domain.Malformed;
import dev.celadon.router.domain.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Follows a body of chunks (RFC 9112 section 7.1). Content passes as it came; a size line passes only when it is whole
 * and plain, and is written anew when it had extensions or came in parts, so that nobody behind the router can read it
 * differently.
 */
final class Chunks {
    private static final int MOST_TRAILER_BYTES = 16 * 1024;
    private static final ByteBuf LAST_CHUNK = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(5).writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    private static final byte[] NOTHING = {};

    private final boolean isUnwrapping;
    private final boolean isLenient;
    private State state = State.SIZE;
    private long remaining;
    private long contentBytes;
    /** What has come of a line that is not whole yet, or of the trailers. */
    private byte[] kept = NOTHING;

    private int keptLength;
    private int lineStart;

    private enum State {
        SIZE,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS,
        DONE
    }

    /**
     * @param isUnwrapping passes the content alone, and trailers as such
     * @param isLenient towards a dyno: blanks after a size are forgiven
     */
    Chunks(boolean isUnwrapping, boolean isLenient) {
        this.isUnwrapping = isUnwrapping;
        this.isLenient = isLenient;
    }

    boolean isComplete() {
        return state == State.DONE;
    }

    long contentBytes() {
        return contentBytes;
    }

    /** As {@link Body#read}. */
    @Nullable
    ByteBuf read(ByteBuf in, Sink sink) {
        try {
            while (in.isReadable() && state != State.DONE) {
                pass(in, sink);
            }
        } catch (Malformed malformed) {
            in.release();
            throw malformed;
        }
        if (in.isReadable()) {
            return in;
        }
        in.release();
        return null;
    }

    /** One run: what passes unchanged, then at most one line that does not. Always moves the reader on. */
    private void pass(ByteBuf in, Sink sink) {
        int from = in.readerIndex();
        int to = skimmed(in, from);
        if (to > from) {
            sink.take(in.readRetainedSlice(to - from));
        }
        if (!in.isReadable() || state == State.DONE) {
            return;
        }
        switch (state) {
            case SIZE -> keepLine(in, sink);
            case TRAILERS -> keepTrailers(in, sink);
            case DATA_CR, DATA_LF -> skipLineEnd(in);
            case DATA -> {}
            case DONE -> throw new IllegalStateException();
        }
    }

    /** Moves over everything that may pass as it is; returns where that ends. */
    private int skimmed(ByteBuf in, int from) {
        int end = in.writerIndex();
        int i = from;
        while (i < end) {
            switch (state) {
                case DATA -> {
                    int size = (int) Math.min(remaining, end - i);
                    i += size;
                    remaining -= size;
                    contentBytes += size;
                    if (remaining == 0) {
                        state = State.DATA_CR;
                        if (isUnwrapping) {
                            return i;
                        }
                    }
                }
                case DATA_CR, DATA_LF -> {
                    if (isUnwrapping) {
                        return i;
                    }
                    lineEndByte(in.getByte(i++));
                }
                case SIZE -> {
                    int next = isUnwrapping || keptLength > 0 ? -1 : plainSize(in, i, end);
                    if (next < 0) {
                        return i;
                    }
                    i = next;
                    if (state == State.DONE) {
                        return i;
                    }
                }
                default -> {
                    return i;
                }
            }
        }
        return i;
    }

    private void lineEndByte(byte c) {
        if (c != (state == State.DATA_CR ? '\r' : '\n')) {
            throw ChunkLine.malformed();
        }
        state = state == State.DATA_CR ? State.DATA_LF : State.SIZE;
    }

    private void skipLineEnd(ByteBuf in) {
        while (in.isReadable() && (state == State.DATA_CR || state == State.DATA_LF)) {
            lineEndByte(in.readByte());
        }
    }

    /** A whole line of digits alone passes as it is, and so does the end without trailers; -1 for every other. */
    private int plainSize(ByteBuf in, int from, int end) {
        long size = 0;
        int i = from;
        while (i < end && i - from < ChunkLine.MOST_DIGITS) {
            int digit = ChunkLine.digit(in.getByte(i));
            if (digit < 0) {
                break;
            }
            size = (size << 4) | digit;
            i++;
        }
        boolean isWhole = i > from && i + 1 < end && in.getByte(i) == '\r' && in.getByte(i + 1) == '\n';
        if (!isWhole) {
            return -1;
        }
        if (size > 0) {
            begin(size);
            return i + 2;
        }
        boolean isEnd = i + 3 < end && in.getByte(i + 2) == '\r' && in.getByte(i + 3) == '\n';
        if (isEnd) {
            state = State.DONE;
        }
        return isEnd ? i + 4 : -1;
    }

    private void begin(long size) {
        remaining = size;
        state = State.DATA;
    }

    /** A size line that is written anew once it is whole. */
    private void keepLine(ByteBuf in, Sink sink) {
        if (!keepThrough(in, ChunkLine.MOST_BYTES)) {
            return;
        }
        long size = ChunkLine.size(kept, keptLength, isLenient);
        keptLength = 0;
        if (size == 0) {
            state = State.TRAILERS;
            lineStart = 0;
            return;
        }
        begin(size);
        if (!isUnwrapping) {
            sink.take(ascii(Long.toHexString(size) + "\r\n"));
        }
    }

    private void keepTrailers(ByteBuf in, Sink sink) {
        if (!keepThrough(in, MOST_TRAILER_BYTES)) {
            return;
        }
        boolean isOver = keptLength - lineStart == 2 && kept[lineStart] == '\r';
        lineStart = keptLength;
        if (isOver) {
            ByteWriter out = new ByteWriter();
            Trailers.write(kept, keptLength, out);
            state = State.DONE;
            if (isUnwrapping) {
                sink.takeTrailers(out);
            } else {
                sink.take(Unpooled.copiedBuffer(out.bytes(), 0, out.length()));
            }
        }
    }

    /** @return whether the line end has come */
    private boolean keepThrough(ByteBuf in, int most) {
        int lineFeed = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
        int size = (lineFeed < 0 ? in.writerIndex() : lineFeed + 1) - in.readerIndex();
        if (keptLength + size > most) {
            throw ChunkLine.malformed();
        }
        if (keptLength + size > kept.length) {
            kept = Arrays.copyOf(kept, Math.max(64, (keptLength + size) * 2));
        }
        in.readBytes(kept, keptLength, size);
        keptLength += size;
        return lineFeed >= 0;
    }

    /** As one chunk; takes the content over. */
    static ByteBuf wrap(ByteBuf content) {
        return Unpooled.wrappedBuffer(
                ascii(Integer.toHexString(content.readableBytes()) + "\r\n"), content, ascii("\r\n"));
    }

    static ByteBuf lastChunk() {
        return LAST_CHUNK.duplicate();
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
