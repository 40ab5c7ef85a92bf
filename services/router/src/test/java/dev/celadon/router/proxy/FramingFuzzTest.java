package dev.celadon.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.router.domain.Malformed;
import dev.celadon.router.domain.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The router's framing against a slow and obvious one, on mutated requests cut into random pieces: both take the same
 * messages, refuse the same, and end each at the same byte. {@code -Dframing.fuzz=N} sets how many, {@code -Dframing.seed=N} which.
 */
class FramingFuzzTest {
    private static final int COUNT = Integer.getInteger("framing.fuzz", 2_000_000);
    private static final String[] SEEDS = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /x?y HTTP/1.1\r\nHost: a.b:80\r\nContent-Length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n1;a=b\r\nx\r\n00\r\nT: v\r\n\r\n",
        "GET http://a/ HTTP/1.0\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 2\r\nHost: a\r\nContent-Length: 2\r\n\r\nab",
    };
    private static final String SPICE =
            "\r\n\t :;,0159aAfFxX-_+/\0\u007f\u00e9chunkedTransfer-EncodingContent-LengthHost";

    private final Random random = new Random(Long.getLong("framing.seed", 42));
    private int accepted;
    private int refused;

    @Test
    void framesAsTheObviousReaderDoes() {
        for (int i = 0; i < COUNT; i++) {
            String input = mutated();
            String expected = ReferenceFraming.of(input);
            String framed = framed(input);
            if (expected.equals(ReferenceFraming.UNFINISHED)) {
                assertThat(framed).isIn(ReferenceFraming.INCOMPLETE, ReferenceFraming.REFUSED);
            } else {
                assertThat(framed).as(() -> shown(input)).isEqualTo(expected);
            }
        }
        // Else the mutations are too tame or too wild to show anything.
        assertThat(accepted).isGreaterThan(COUNT / 20);
        assertThat(refused).isGreaterThan(COUNT / 20);
    }

    private static String shown(String input) {
        return input.replace("\r", "<CR>")
                .replace("\n", "<LF>")
                .replace("\t", "<HT>")
                .replace("\0", "<NUL>");
    }

    private String mutated() {
        StringBuilder text = new StringBuilder(SEEDS[random.nextInt(SEEDS.length)]);
        for (int mutations = random.nextInt(4); mutations > 0; mutations--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(5)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, SPICE.charAt(random.nextInt(SPICE.length())));
                case 2 -> text.setCharAt(at, SPICE.charAt(random.nextInt(SPICE.length())));
                case 3 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(20))));
                default -> {
                    int line = text.indexOf("\r\n", at);
                    if (line >= 0) {
                        text.insert(
                                line,
                                random.nextBoolean() ? "\r\nContent-Length: 1" : "\r\nTransfer-Encoding: chunked");
                    }
                }
            }
            if (text.length() == 0) {
                text.append('G');
            }
        }
        return text.toString();
    }

    /** @return the body's content and the length of the message, or why there is none */
    private String framed(String input) {
        byte[] bytes = input.getBytes(StandardCharsets.ISO_8859_1);
        RequestHead head = new RequestHead();
        try {
            int end = head.parse(bytes, 0, bytes.length);
            if (end == RequestHead.INCOMPLETE) {
                return ReferenceFraming.INCOMPLETE;
            }
            String whole = body(head, bytes, end);
            accepted++;
            return whole;
        } catch (Malformed malformed) {
            refused++;
            return ReferenceFraming.REFUSED;
        }
    }

    private String body(RequestHead head, byte[] bytes, int from) {
        StringBuilder passed = new StringBuilder();
        boolean isChunked = head.length() == RequestHead.CHUNKED;
        boolean isUnwrapping = isChunked && random.nextBoolean();
        Body body = isChunked ? Body.ofChunks(new Chunks(isUnwrapping, false)) : Body.ofLength(head.length());
        Sink sink = piece -> {
            passed.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.release();
        };
        int at = from;
        int left = 0;
        while (at < bytes.length && !body.isComplete()) {
            int size = 1 + random.nextInt(bytes.length - at);
            ByteBuf piece = Unpooled.copiedBuffer(bytes, at, size);
            at += size;
            ByteBuf rest = body.read(piece, sink);
            if (rest != null) {
                left = rest.readableBytes();
                rest.release();
            }
            assertThat(piece.refCnt()).isZero();
        }
        if (!body.isComplete()) {
            return ReferenceFraming.INCOMPLETE;
        }
        // What passed in chunks must be read by the dyno as what the client meant.
        String content = isChunked && !isUnwrapping ? ReferenceFraming.unwrapped(passed.toString()) : passed.toString();
        return (at - left) + ":" + content;
    }
}
