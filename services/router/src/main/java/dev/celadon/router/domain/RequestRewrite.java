package dev.celadon.router.domain;

import java.nio.charset.StandardCharsets;

/** The head of a request as its dyno gets it: always HTTP/1.1, framed in one way, with the router's own fields. */
public final class RequestRewrite {
    public static final String VIA = "1.1 vegur";
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] EXPECT = ascii("Expect: 100-continue\r\n");
    private static final byte[] CONNECTION_UPGRADE = ascii("Connection: Upgrade\r\n");
    private static final byte[] REQUEST_ID = ascii("X-Request-Id: ");
    private static final byte[] FORWARDED_FOR = ascii("\r\nX-Forwarded-For: ");
    private static final byte[] PLAIN = arrival("http\r\nX-Forwarded-Port: 80", VIA);
    private static final byte[] SECURE = arrival("https\r\nX-Forwarded-Port: 443", VIA);
    private static final byte[] SECURE_HTTP2 = arrival("https\r\nX-Forwarded-Port: 443", "2.0 vegur");
    private static final byte[] CONNECT_TIME = ascii("\r\nConnect-Time: ");
    private static final byte[] TOTAL_ROUTE_TIME = ascii("\r\nTotal-Route-Time: ");
    private static final byte[] END = ascii("\r\n\r\n");

    private RequestRewrite() {}

    /** What the router adds to a request. */
    public record Additions(
            String requestId,
            String forwardedFor,
            boolean isSecure,
            boolean isHttp2,
            long startMillis,
            boolean passesExpect) {}

    /** All but the times, which are known when there is a connection: {@link #writeTimes}. */
    public static void write(RequestHead head, Additions additions, ByteWriter out) {
        out.clear();
        out.append(head.method()).append(' ');
        if (head.lacksSlash) {
            out.append('/');
        }
        out.append(head.bytes, head.pathStart, head.pathEnd).append(VERSION);
        passFields(head, out);
        if (head.length() == RequestHead.CHUNKED) {
            out.append(CHUNKED);
        } else if (head.length() > 0 || head.fields.hasContentLength()) {
            out.append(LENGTH).append(head.length()).endLine();
        }
        if (head.isUpgrade()) {
            int upgrade = head.upgrade();
            out.append(CONNECTION_UPGRADE)
                    .append(head.bytes, head.fields.nameStart(upgrade), head.fields.lineEnd(upgrade));
        }
        if (additions.passesExpect && head.expectation() == RequestHead.Expectation.CONTINUE) {
            out.append(EXPECT);
        }
        out.append(REQUEST_ID).append(additions.requestId);
        out.append(FORWARDED_FOR).append(additions.forwardedFor);
        out.append(additions.isHttp2 ? SECURE_HTTP2 : additions.isSecure ? SECURE : PLAIN)
                .append(additions.startMillis);
    }

    public static void writeTimes(long connectMillis, long routeMillis, ByteWriter out) {
        out.append(CONNECT_TIME).append(connectMillis);
        out.append(TOTAL_ROUTE_TIME).append(routeMillis).append(END);
    }

    /** Lines that pass unchanged lie side by side more often than not, and are copied in one piece. */
    private static void passFields(RequestHead head, ByteWriter out) {
        Fields fields = head.fields;
        int run = fields.count() == 0 ? 0 : fields.nameStart(0);
        for (int i = 0; i < fields.count(); i++) {
            Field kind = fields.kind(i);
            boolean ends = kind.endsInRequests()
                    || (kind != Field.HOST
                            && head.connections.names(head.bytes, fields.nameStart(i), fields.nameEnd(i)));
            if (ends) {
                out.append(head.bytes, run, fields.nameStart(i));
                run = fields.lineEnd(i);
            }
        }
        if (fields.count() > 0) {
            out.append(head.bytes, run, fields.lineEnd(fields.count() - 1));
        }
    }

    private static byte[] arrival(String protocolAndPort, String via) {
        return ascii("\r\nX-Forwarded-Proto: " + protocolAndPort + "\r\nVia: " + via + "\r\nX-Request-Start: ");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
