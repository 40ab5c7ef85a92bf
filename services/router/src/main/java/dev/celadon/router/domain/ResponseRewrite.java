package dev.celadon.router.domain;

import java.nio.charset.StandardCharsets;

/** The head of a response as the client gets it. */
public final class ResponseRewrite {
    private static final byte[] VERSION = ascii("HTTP/1.1 ");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] UPGRADE = ascii("Connection: Upgrade\r\n");
    private static final byte[] END = ascii("Via: " + RequestRewrite.VIA + "\r\n\r\n");

    private ResponseRewrite() {}

    /** What the client is told of its connection. */
    public enum Persistence {
        /** What HTTP/1.1 means without a word. */
        KEPT,
        /** The same said aloud, which HTTP/1.0 needs. */
        KEPT_ALOUD,
        CLOSED
    }

    /**
     * @param isHttp11 whether the client understands chunks
     * @param isHead of an answer to HEAD: its lengths are those of a GET
     */
    public static void write(
            ResponseHead head, boolean isHttp11, boolean isHead, Persistence persistence, ByteWriter out) {
        begin(head, out, false);
        int status = head.status();
        boolean hasNoBody = status == 204;
        ResponseHead.Framing framing = head.framing(isHead);
        if (head.hasLength() && !hasNoBody) {
            out.append(LENGTH).append(head.length()).endLine();
        } else if (isHttp11 && !hasNoBody && (head.isChunked() || framing == ResponseHead.Framing.UNTIL_CLOSE)) {
            out.append(CHUNKED);
        }
        if (persistence != Persistence.KEPT) {
            out.append(persistence == Persistence.CLOSED ? CLOSE : KEEP_ALIVE);
        }
        out.append(END);
    }

    /** 1xx: nothing about bodies or the connection, but the protocol that a 101 changes to. */
    public static void writeInterim(ResponseHead head, ByteWriter out) {
        begin(head, out, head.status() == 101);
        if (head.status() == 101) {
            out.append(UPGRADE);
        }
        out.append(END);
    }

    private static void begin(ResponseHead head, ByteWriter out, boolean passesUpgrade) {
        out.clear();
        out.append(VERSION).append(head.bytes, head.statusStart, head.statusEnd).endLine();
        Fields fields = head.fields;
        int run = fields.count() == 0 ? 0 : fields.nameStart(0);
        for (int i = 0; i < fields.count(); i++) {
            Field kind = fields.kind(i);
            boolean ends = (kind.endsInResponses() && !(passesUpgrade && kind == Field.UPGRADE))
                    || head.connections.names(head.bytes, fields.nameStart(i), fields.nameEnd(i));
            if (ends) {
                out.append(head.bytes, run, fields.nameStart(i));
                run = fields.lineEnd(i);
            }
        }
        if (fields.count() > 0) {
            out.append(head.bytes, run, fields.lineEnd(fields.count() - 1));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
