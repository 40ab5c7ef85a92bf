package dev.celadon.router.domain;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request's head as read from the wire, and the one way to understand it (RFC 9112 sections 3, 5 and 6): what could be
 * understood in two ways is {@link Malformed}. Used again and again by one event loop.
 */
public final class RequestHead {
    public static final int INCOMPLETE = Fields.INCOMPLETE;
    /** The length of a body of chunks. */
    public static final long CHUNKED = -1;

    private static final String VERSION = "HTTP/1.x\r\n";
    private static final String[] METHODS = {"GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"};

    final Fields fields = new Fields();
    final Connections connections = new Connections();
    byte[] bytes = new byte[0];
    int pathStart;
    int pathEnd;
    boolean lacksSlash;
    private String method = "";
    private boolean isHttp11;
    private long length;
    private boolean hadTwoLengths;
    private int host;
    private int requestId;
    private int upgrade;
    private Expectation expectation = Expectation.NONE;
    private boolean isForwarded;

    /** What the client waits for before it sends the body. */
    public enum Expectation {
        NONE,
        CONTINUE,
        UNKNOWN
    }

    /**
     * @return where the head ends, or {@link #INCOMPLETE}
     * @throws Malformed when it can be read in no way or in several
     */
    public int parse(byte[] from, int start, int to) {
        bytes = from;
        method = "";
        pathStart = start;
        pathEnd = start;
        lacksSlash = false;
        fields.clear();
        int i = start;
        // A client that ended its last body with one line end too many is forgiven.
        while (i + 1 < to && from[i] == '\r' && from[i + 1] == '\n' && i - start < 4) {
            i += 2;
        }
        if (i + 1 == to && from[i] == '\r') {
            return INCOMPLETE;
        }
        int line = i;
        while (i < to && HttpChars.isToken(from[i])) {
            i++;
        }
        if (i - line > Limits.REQUEST.method()) {
            throw new Malformed("a method that is too long");
        }
        if (i == to) {
            return INCOMPLETE;
        }
        if (from[i] != ' ' || i == line) {
            throw new Malformed("a method");
        }
        int methodEnd = i++;
        int target = i;
        while (i < to && HttpChars.isTarget(from[i])) {
            i++;
        }
        if (i - line > Limits.REQUEST.line()) {
            throw new Malformed("a request line that is too long");
        }
        if (i == to) {
            return INCOMPLETE;
        }
        if (from[i] != ' ' || i == target) {
            throw new Malformed("a request target");
        }
        method = method(line, methodEnd);
        pathStart = target;
        pathEnd = i;
        requireVersion(from, i + 1, to);
        if (i + 11 > to) {
            return INCOMPLETE;
        }
        isHttp11 = from[i + 8] == '1';
        int end = fields.parse(from, i + 11, to, Limits.REQUEST);
        if (end != INCOMPLETE) {
            understand();
            locate(target, i);
        }
        return end;
    }

    /** Throws as soon as what has come of it cannot become one. */
    private static void requireVersion(byte[] from, int at, int to) {
        int shown = Math.min(to, at + VERSION.length());
        for (int i = at; i < shown; i++) {
            char expected = VERSION.charAt(i - at);
            if (expected == 'x' ? from[i] != '0' && from[i] != '1' : from[i] != expected) {
                throw new Malformed("a version other than HTTP/1.1 or HTTP/1.0");
            }
        }
    }

    private String method(int from, int to) {
        for (String known : METHODS) {
            if (to - from == known.length() && bytes[from] == known.charAt(0) && isAt(from, known)) {
                return known;
            }
        }
        return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    }

    private boolean isAt(int from, String text) {
        for (int i = 1; i < text.length(); i++) {
            if (bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void understand() {
        connections.clear();
        length = 0;
        host = -1;
        requestId = -1;
        upgrade = -1;
        isForwarded = false;
        expectation = Expectation.NONE;
        boolean hasLength = false;
        boolean isChunked = false;
        for (int i = 0; i < fields.count(); i++) {
            int from = fields.valueStart(i);
            int to = fields.valueEnd(i);
            switch (fields.kind(i)) {
                case HOST -> host = once(host, i, "two Host headers");
                case CONTENT_LENGTH -> {
                    long given = Fields.contentLength(bytes, from, to);
                    if (hasLength && given != length) {
                        throw new Malformed("differing content lengths");
                    }
                    hasLength = true;
                    length = given;
                }
                case TRANSFER_ENCODING -> {
                    if (isChunked || !HttpChars.equalsIgnoringCase(bytes, from, to, "chunked")) {
                        throw new Malformed("a transfer encoding other than chunked");
                    }
                    isChunked = true;
                }
                case CONNECTION -> connections.read(bytes, from, to);
                case UPGRADE -> upgrade = i;
                case EXPECT ->
                    expectation = HttpChars.equalsIgnoringCase(bytes, from, to, "100-continue")
                                    && expectation != Expectation.UNKNOWN
                            ? Expectation.CONTINUE
                            : Expectation.UNKNOWN;
                case REQUEST_ID -> requestId = i;
                case FORWARDED_FOR -> isForwarded = true;
                default -> {}
            }
        }
        if (isChunked && !isHttp11) {
            throw new Malformed("chunks in HTTP/1.0");
        }
        hadTwoLengths = isChunked && hasLength;
        length = isChunked ? CHUNKED : length;
        requireHost();
    }

    private static int once(int before, int field, String what) {
        if (before >= 0) {
            throw new Malformed(what);
        }
        return field;
    }

    private void requireHost() {
        if (host < 0 || fields.valueStart(host) == fields.valueEnd(host)) {
            throw new Malformed("no Host header");
        }
        for (int i = fields.valueStart(host); i < fields.valueEnd(host); i++) {
            if (!HttpChars.isHost(bytes[i])) {
                throw new Malformed("a Host header");
            }
        }
    }

    /** Finds the path in the target; one with a host in it must name the host of the Host header. */
    private void locate(int from, int to) {
        if (bytes[from] == '/' || method.equals("CONNECT")) {
            return;
        }
        if (bytes[from] == '*' && to - from == 1 && method.equals("OPTIONS")) {
            return;
        }
        int scheme = schemeLength(from, to);
        int i = from + scheme;
        while (scheme > 0 && i < to && bytes[i] != '/' && bytes[i] != '?') {
            i++;
        }
        String authority = new String(bytes, from + scheme, i - from - scheme, StandardCharsets.ISO_8859_1);
        if (scheme == 0 || !authority.toLowerCase(Locale.ROOT).equals(host())) {
            throw new Malformed("a request target that is no path of this host");
        }
        pathStart = i;
        lacksSlash = i == to || bytes[i] == '?';
    }

    private int schemeLength(int from, int to) {
        for (String scheme : new String[] {"http://", "https://"}) {
            int length = scheme.length();
            if (to - from > length && HttpChars.equalsIgnoringCase(bytes, from, from + length, scheme)) {
                return length;
            }
        }
        return 0;
    }

    public String method() {
        return method;
    }

    public boolean isHttp11() {
        return isHttp11;
    }

    /** Bytes of the body, or {@link #CHUNKED}. */
    public long length() {
        return length;
    }

    public boolean isKeepAlive() {
        // After two lengths nothing that follows can be trusted (RFC 9112 section 6.1).
        return connections.persists(isHttp11) && !hadTwoLengths;
    }

    /** Asks for another protocol, on a connection where that is possible. */
    public boolean isUpgrade() {
        return isHttp11 && upgrade >= 0 && connections.isUpgrade();
    }

    int upgrade() {
        return upgrade;
    }

    public Expectation expectation() {
        // A server must not heed it in HTTP/1.0 (RFC 9110 section 10.1.1).
        return isHttp11 ? expectation : Expectation.NONE;
    }

    public String path() {
        return (lacksSlash ? "/" : "") + Text.of(bytes, pathStart, pathEnd);
    }

    /** As sent, in lower case. */
    public String host() {
        return value(host).toLowerCase(Locale.ROOT);
    }

    /** Of a head that is malformed elsewhere; empty when even this is not clear. */
    public String hostIfKnown() {
        int found = -1;
        for (int i = 0; i < fields.count(); i++) {
            if (fields.kind(i) == Field.HOST) {
                if (found >= 0) {
                    return "";
                }
                found = i;
            }
        }
        return found < 0 ? "" : value(found).toLowerCase(Locale.ROOT);
    }

    /** Whether the Host header is this one, which is in lower case: saves the string of the same host again. */
    public boolean isHost(String lowerCase) {
        return HttpChars.equalsIgnoringCase(bytes, fields.valueStart(host), fields.valueEnd(host), lowerCase);
    }

    /** The client's own id, when it is well formed. */
    public @Nullable String requestId() {
        if (requestId < 0 || !RequestIds.isGood(bytes, fields.valueStart(requestId), fields.valueEnd(requestId))) {
            return null;
        }
        return value(requestId);
    }

    /** Every address the request came through, the client's own at the right. */
    public String forwardedFor(String client) {
        if (!isForwarded) {
            return client;
        }
        StringBuilder addresses = new StringBuilder();
        for (int i = 0; i < fields.count(); i++) {
            if (fields.kind(i) == Field.FORWARDED_FOR && fields.valueEnd(i) > fields.valueStart(i)) {
                addresses.append(value(i)).append(", ");
            }
        }
        return addresses.append(client).toString();
    }

    private String value(int field) {
        return new String(
                bytes,
                fields.valueStart(field),
                fields.valueEnd(field) - fields.valueStart(field),
                StandardCharsets.ISO_8859_1);
    }
}
