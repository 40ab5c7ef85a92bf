package dev.celadon.router.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What can be read in two ways is refused. */
class RequestHeadTest {
    private final RequestHead head = new RequestHead();

    private int parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return head.parse(bytes, 0, bytes.length);
    }

    @Test
    void ambiguousRequestsAreRefused() {
        for (String bad : new String[] {
            "GET / HTTP/1.1\n\n",
            "GET /HTTP/1.1Host: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost:\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
            "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
            "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
            "GET / http/1.1\r\nHost: a\r\n\r\n",
            "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /#f HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
            "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 15,24\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 15,15\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u000bchunked\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        }) {
            assertThatThrownBy(() -> parse(bad)).as(bad).isInstanceOf(Malformed.class);
        }
    }

    @Test
    void limitsAreThoseOfTheField() {
        assertThat(parse("GET /" + "a".repeat(8_187) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isPositive();
        assertThatThrownBy(() -> parse("GET /" + "a".repeat(8_190))).isInstanceOf(Malformed.class);
        assertThatThrownBy(() -> parse("G".repeat(128))).isInstanceOf(Malformed.class);
        assertThat(parse("G".repeat(127) + " / HTTP/1.1\r\nHost: a\r\n\r\n")).isPositive();
        assertThatThrownBy(() -> parse("GET / HTTP/1.1\r\nX: " + "a".repeat(8_192)))
                .isInstanceOf(Malformed.class);
        assertThatThrownBy(() -> parse("GET / HTTP/1.1\r\n" + "n".repeat(1_001)))
                .isInstanceOf(Malformed.class);
        String fields = "A: b\r\n".repeat(999);
        assertThat(parse("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")).isPositive();
        assertThatThrownBy(() -> parse("GET / HTTP/1.1\r\nHost: a\r\nC: d\r\n" + fields + "\r\n"))
                .isInstanceOf(Malformed.class);
    }

    @Test
    void everyPrefixIsIncomplete() {
        String whole = "\r\nPOST /a?b=c HTTP/1.1\r\nHost: A:80\r\nContent-Length: 3\r\nX-Y:\t z \r\n\r\n";
        for (int i = 0; i < whole.length(); i++) {
            assertThat(parse(whole.substring(0, i))).isEqualTo(RequestHead.INCOMPLETE);
        }
        assertThat(parse(whole + "abc")).isEqualTo(whole.length());
        assertThat(head.method()).isEqualTo("POST");
        assertThat(head.path()).isEqualTo("/a?b=c");
        assertThat(head.host()).isEqualTo("a:80");
        assertThat(head.length()).isEqualTo(3);
    }

    @Test
    void anAbsoluteTargetOfTheSameHostBecomesAPath() {
        parse("GET http://A?b HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(head.path()).isEqualTo("/?b");
        ByteWriter out = new ByteWriter();
        RequestRewrite.write(head, new RequestRewrite.Additions("id", "1.1.1.1", false, false, 5, false), out);
        RequestRewrite.writeTimes(1, 2, out);
        assertThat(out.text())
                .isEqualTo("GET /?b HTTP/1.1\r\nHost: a\r\nX-Request-Id: id\r\nX-Forwarded-For: 1.1.1.1\r\n"
                        + "X-Forwarded-Proto: http\r\nX-Forwarded-Port: 80\r\nVia: 1.1 vegur\r\nX-Request-Start: 5\r\n"
                        + "Connect-Time: 1\r\nTotal-Route-Time: 2\r\n\r\n");
    }

    @Test
    void aConnectionFieldCannotTakeTheFramingAway() {
        parse(
                "POST / HTTP/1.1\r\nConnection: Host, Content-Length, Cookie\r\nHost: a\r\nContent-Length: 3\r\nCookie: x\r\n\r\n");
        ByteWriter out = new ByteWriter();
        RequestRewrite.write(head, new RequestRewrite.Additions("id", "1.1.1.1", true, false, 5, false), out);
        assertThat(out.text())
                .contains("Host: a\r\n", "Content-Length: 3\r\n", "X-Forwarded-Port: 443")
                .doesNotContain("Cookie");
    }
}
