package dev.celadon.router.domain;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of HTTP/2 in the words of HTTP/1.1, so that {@link RequestHead} has the one way to understand both. What RFC
 * 9113 section 8 forbids, and what would mean something else in HTTP/1.1, is {@link Malformed}.
 */
public final class Http2Request {
    private final ByteWriter lines = new ByteWriter();
    private final StringBuilder cookies = new StringBuilder();
    private @Nullable String method;
    private @Nullable String scheme;
    private @Nullable String authority;
    private @Nullable String path;
    private @Nullable String host;
    private boolean hasRegular;
    private boolean hasLength;

    private Http2Request() {}

    /**
     * Writes the head. A body without a length follows in chunks.
     *
     * @param fields in the order they came
     * @param hasBody whether more than the head comes
     * @return whether the body is to follow in chunks
     */
    public static boolean write(
            Iterable<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> fields,
            boolean hasBody,
            ByteWriter out) {
        Http2Request request = new Http2Request();
        fields.forEach(
                field -> request.add(field.getKey().toString(), field.getValue().toString()));
        return request.write(hasBody, out);
    }

    /** Writes what ends a body of chunks. */
    public static void writeTrailers(
            Iterable<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> fields, ByteWriter out) {
        Http2Request trailers = new Http2Request();
        fields.forEach(field -> {
            String name = field.getKey().toString();
            require(!name.startsWith(":"), "a pseudo-header among its trailers");
            trailers.addRegular(name, field.getValue().toString());
        });
        out.clear();
        out.append("0\r\n")
                .append(trailers.lines.bytes(), 0, trailers.lines.length())
                .endLine();
    }

    private void add(String name, String value) {
        if (!name.startsWith(":")) {
            hasRegular = true;
            addRegular(name, value);
            return;
        }
        require(!hasRegular, "a pseudo-header behind its headers");
        switch (name) {
            case ":method" -> method = once(method, value);
            case ":scheme" -> scheme = once(scheme, value);
            case ":authority" -> authority = once(authority, value);
            case ":path" -> path = once(path, value);
            default -> throw new Malformed("an unknown pseudo-header");
        }
    }

    private void addRegular(String name, String value) {
        require(isName(name), "a header name");
        require(isValue(value), "a header value");
        switch (name) {
            case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade" ->
                throw new Malformed("a header of the connection");
            case "te" -> require(value.equals("trailers"), "a transfer coding");
            case "host" -> host = once(host, value);
            // Crumbs of one cookie, which HTTP/1.1 knows only whole (RFC 9113 section 8.2.3).
            case "cookie" -> cookies.append(cookies.isEmpty() ? "" : "; ").append(value);
            default -> {
                hasLength |= name.equals("content-length");
                line(name, value, lines);
            }
        }
    }

    private boolean write(boolean hasBody, ByteWriter out) {
        String asked = orEmpty(method);
        require(!asked.isEmpty() && isAll(asked, HttpChars::isToken), "no method");
        boolean isConnect = asked.equals("CONNECT");
        require(
                isConnect == (scheme == null) && isConnect == (path == null),
                "pseudo-headers that do not belong together");
        String target = orEmpty(isConnect ? authority : path);
        require(!target.isEmpty() && isAll(target, HttpChars::isTarget), "a request target");
        require(isConnect || target.startsWith("/") || target.equals("*"), "a request target that is no path");
        String named = authority == null ? host : authority;
        require(named == null || isAll(named, HttpChars::isHost), "an authority");
        require(host == null || host.equalsIgnoreCase(named), "two names of its host");
        out.clear();
        out.append(asked).append(' ').append(target).append(" HTTP/1.1\r\n");
        if (named != null) {
            line("host", named, out);
        }
        out.append(lines.bytes(), 0, lines.length());
        if (!cookies.isEmpty()) {
            line("cookie", cookies.toString(), out);
        }
        boolean isChunked = hasBody && !hasLength && !isConnect;
        if (isChunked) {
            out.append("transfer-encoding: chunked\r\n");
        }
        // Nothing comes after it on its stream.
        out.append("connection: close\r\n\r\n");
        return isChunked;
    }

    private static void line(String name, String value, ByteWriter out) {
        out.append(name).append(": ").append(value).endLine();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String once(@Nullable String before, String value) {
        if (before != null) {
            throw new Malformed("a name twice that may be there once");
        }
        return value;
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && isAll(name, HttpChars::isToken) && name.equals(name.toLowerCase(Locale.ROOT));
    }

    private static boolean isValue(String value) {
        return isAll(value, HttpChars::isValue) && value.equals(value.strip());
    }

    private interface Kind {
        boolean has(byte c);
    }

    private static boolean isAll(String text, Kind kind) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 255 || !kind.has((byte) text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static void require(boolean isMet, String what) {
        if (!isMet) {
            throw new Malformed(what);
        }
    }
}
