package dev.celadon.router.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A client that says and hears frames of HTTP/2, right or wrong (RFC 9113 section 6). Texts are Latin-1. */
public final class Http2Client implements Closeable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RESET = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GO_AWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int CANCEL = 8;

    private final SSLSocket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final Map<Integer, Answer> answers = new HashMap<>();

    /** @param headers decoded, of a HEADERS frame */
    public record Frame(int type, int flags, int stream, String payload, List<String> headers) {
        /** The error of a RESET or GO_AWAY. */
        public int error() {
            return number(type == GO_AWAY ? 4 : 0);
        }

        /** Four bytes of the payload. */
        public int number(int at) {
            return ByteBuffer.wrap(payload.getBytes(StandardCharsets.ISO_8859_1))
                    .getInt(at);
        }
    }

    /** What has come on a stream; {@code name: value} each. */
    public static final class Answer {
        public final List<List<String>> heads = new ArrayList<>();
        public final StringBuilder body = new StringBuilder();
        public @Nullable Integer reset;
        public boolean isEnded;

        /** The last head so far: of an interim response, the response, or its trailers. */
        public List<String> head() {
            return heads.get(heads.size() - 1);
        }
    }

    /** Says the preface and empty settings. */
    public Http2Client(SSLSocket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(5_000);
        this.in = new DataInputStream(socket.getInputStream());
        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
        write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        say(SETTINGS, 0, 0, new byte[0]);
    }

    public Http2Client say(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt((payload.length << 8) | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload);
        write(frame.array());
        return this;
    }

    /** Names and values in turn, as they are. */
    public Http2Client headers(int stream, boolean ends, String... fields) {
        ByteBuf block = Unpooled.buffer();
        for (int i = 0; i < fields.length; i += 2) {
            block.writeByte(0);
            text(fields[i], block);
            text(fields[i + 1], block);
        }
        byte[] bytes = new byte[block.writerIndex()];
        block.getBytes(0, bytes);
        return say(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, bytes);
    }

    /** As HPACK writes a text without compressing it (RFC 7541 section 5.2). */
    private static void text(String text, ByteBuf block) {
        int most = 127;
        block.writeByte(Math.min(text.length(), most));
        int rest = text.length() - most;
        while (rest >= 128) {
            block.writeByte((rest & 127) | 128);
            rest >>= 7;
        }
        if (rest >= 0) {
            block.writeByte(rest);
        }
        block.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    }

    /** A whole GET. */
    public Http2Client get(int stream, String host, String path, String... more) {
        return request(stream, true, "GET", host, path, more);
    }

    public Http2Client request(int stream, boolean ends, String method, String host, String path, String... more) {
        List<String> fields =
                new ArrayList<>(List.of(":method", method, ":scheme", "https", ":authority", host, ":path", path));
        fields.addAll(List.of(more));
        return headers(stream, ends, fields.toArray(String[]::new));
    }

    public Http2Client data(int stream, boolean ends, String content) {
        return say(DATA, ends ? END_STREAM : 0, stream, content.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Http2Client reset(int stream) {
        return say(RESET, 0, stream, number(CANCEL));
    }

    /** Lets the server send so much more. */
    public Http2Client allow(int stream, int more) {
        return say(WINDOW_UPDATE, 0, stream, number(more));
    }

    public Frame hear(Predicate<Frame> wanted) {
        Frame frame = hear();
        while (!wanted.test(frame)) {
            frame = hear();
        }
        return frame;
    }

    public Frame hear(int type) {
        return hear(frame -> frame.type() == type);
    }

    /** All of the answer on a stream: to its end or its reset. */
    public Answer answer(int stream) {
        Answer answer = answers.computeIfAbsent(stream, id -> new Answer());
        while (!answer.isEnded) {
            hear();
        }
        return answer;
    }

    /** What has come on it so far. */
    public Answer soFar(int stream) {
        return answers.computeIfAbsent(stream, id -> new Answer());
    }

    /** Reads until the server has closed. */
    public boolean ends() throws IOException {
        try {
            while (true) {
                readFrame();
            }
        } catch (EOFException | SocketException ended) {
            return true;
        }
    }

    private Frame hear() {
        try {
            return readFrame();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private Frame readFrame() throws IOException {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = in.readNBytes(length);
        List<String> headers = type == HEADERS ? decode(stream, payload) : List.of();
        String text = new String(payload, StandardCharsets.ISO_8859_1);
        Frame frame = new Frame(type, flags, stream, text, headers);
        Answer answer = soFar(stream);
        if (type == HEADERS) {
            answer.heads.add(headers);
        } else if (type == DATA) {
            answer.body.append(text);
        } else if (type == RESET) {
            answer.reset = frame.error();
        }
        answer.isEnded |= type == RESET || ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0);
        return frame;
    }

    private List<String> decode(int stream, byte[] block) {
        try {
            List<String> headers = new ArrayList<>();
            decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(block))
                    .forEach(field -> headers.add(field.getKey() + ": " + field.getValue()));
            return headers;
        } catch (Http2Exception malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
