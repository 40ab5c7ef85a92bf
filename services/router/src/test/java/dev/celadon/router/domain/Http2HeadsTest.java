package dev.celadon.router.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Heads between HTTP/2 and HTTP/1.1. */
class Http2HeadsTest {
    private static final List<String> GET =
            List.of(":method", "GET", ":scheme", "https", ":path", "/a?b", ":authority");

    private static List<Map.Entry<String, String>> fields(List<String> first, String... more) {
        List<String> texts = new ArrayList<>(first);
        texts.addAll(List.of(more));
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (int i = 0; i < texts.size(); i += 2) {
            fields.add(Map.entry(texts.get(i), texts.get(i + 1)));
        }
        return fields;
    }

    private static String written(boolean hasBody, String... afterAuthority) {
        ByteWriter out = new ByteWriter();
        Http2Request.write(fields(GET, afterAuthority), hasBody, out);
        return out.text();
    }

    @Test
    void aRequestSaysTheSameInHttp11() {
        assertThat(written(false, "h:80", "cookie", "a=1", "x", "1", "cookie", "b=2", "host", "H:80"))
                .isEqualTo("GET /a?b HTTP/1.1\r\nhost: h:80\r\nx: 1\r\ncookie: a=1; b=2\r\nconnection: close\r\n\r\n");
        assertThat(written(true, "h")).contains("\r\ntransfer-encoding: chunked\r\n");
        assertThat(written(true, "h", "content-length", "5")).doesNotContain("transfer-encoding");
    }

    @Test
    void whateverIsInAFieldTheHeadHasNoLineMore() {
        SplittableRandom random = new SplittableRandom(7);
        int passed = 0;
        for (int round = 0; round < 200_000; round++) {
            List<String> texts = new ArrayList<>(
                    List.of(":method", "GET", ":scheme", "https", ":path", "/", ":authority", "h", "name", "value"));
            for (int change = 0; change < 2; change++) {
                int at = random.nextInt(texts.size());
                StringBuilder text = new StringBuilder(texts.get(at));
                char c = "\r\n\0 :\t\u00e4zZ/#@".charAt(random.nextInt(12));
                text.insert(random.nextInt(text.length() + 1), c);
                texts.set(at, text.toString());
            }
            ByteWriter out = new ByteWriter();
            try {
                Http2Request.write(fields(texts), false, out);
            } catch (Malformed refused) {
                continue;
            }
            passed++;
            assertThat(out.text().split("\r\n|\n|\r|\0", -1)).hasSize(6);
            byte[] bytes = out.text().getBytes(StandardCharsets.ISO_8859_1);
            assertThat(new RequestHead().parse(bytes, 0, bytes.length)).isEqualTo(bytes.length);
        }
        assertThat(passed).isGreaterThan(1_000);
    }

    @Test
    void trailersAreTheEndOfABodyOfChunks() {
        ByteWriter out = new ByteWriter();
        Http2Request.writeTrailers(fields(List.of("sum", "1")), out);
        assertThat(out.text()).isEqualTo("0\r\nsum: 1\r\n\r\n");
        assertThatThrownBy(() -> Http2Request.writeTrailers(fields(List.of(":path", "/")), out))
                .isInstanceOf(Malformed.class);
    }
}
