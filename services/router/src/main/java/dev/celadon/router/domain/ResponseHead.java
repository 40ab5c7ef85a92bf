package dev.celadon.router.domain;

/** A response's head as read from a dyno, and what its body is. Used again and again by one event loop. */
public final class ResponseHead {
    public static final int INCOMPLETE = Fields.INCOMPLETE;
    private static final long NO_LENGTH = -1;

    final Fields fields = new Fields();
    final Connections connections = new Connections();
    byte[] bytes = new byte[0];
    int statusStart;
    int statusEnd;
    private int status;
    private boolean isHttp11;
    private boolean isChunked;
    private long length;
    private int keepAliveSeconds;

    /** How the end of a body is known. */
    public enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    /**
     * @return where the head ends, or {@link #INCOMPLETE}
     * @throws Malformed saying which rule it breaks
     */
    public int parse(byte[] from, int start, int to) {
        bytes = from;
        int i = start;
        int shown = Math.min(to, start + 9);
        for (int at = start; at < shown; at++) {
            char expected = "HTTP/1.x ".charAt(at - start);
            if (expected == 'x' ? from[at] != '0' && from[at] != '1' : from[at] != expected) {
                throw new Malformed("a status line");
            }
        }
        while (i < to && HttpChars.isValue(from[i])) {
            i++;
        }
        if (i - start > Limits.RESPONSE.line()) {
            throw new Malformed(Malformed.Kind.STATUS_LINE, "a status line that is too long");
        }
        if (i + 1 >= to) {
            return INCOMPLETE;
        }
        // "HTTP/1.1 200 " at least: a status line without the place for a reason is no status line.
        if (from[i] != '\r' || from[i + 1] != '\n' || i - start < 13 || from[start + 12] != ' ') {
            throw new Malformed("a status line");
        }
        isHttp11 = from[start + 7] == '1';
        status = digit(from[start + 9]) * 100 + digit(from[start + 10]) * 10 + digit(from[start + 11]);
        if (status < 100 || status > 599) {
            throw new Malformed("a status");
        }
        statusStart = start + 9;
        statusEnd = i;
        int end = fields.parse(from, i + 2, to, Limits.RESPONSE);
        if (end != INCOMPLETE) {
            understand();
        }
        return end;
    }

    private static int digit(byte c) {
        if (c < '0' || c > '9') {
            throw new Malformed("a status");
        }
        return c - '0';
    }

    private void understand() {
        connections.clear();
        length = NO_LENGTH;
        isChunked = false;
        keepAliveSeconds = -1;
        for (int i = 0; i < fields.count(); i++) {
            int from = fields.valueStart(i);
            int to = fields.valueEnd(i);
            switch (fields.kind(i)) {
                case CONTENT_LENGTH -> {
                    long given = Fields.contentLength(bytes, from, to);
                    if (length != NO_LENGTH && length != given) {
                        throw new Malformed(Malformed.Kind.CONTENT_LENGTH, "differing content lengths");
                    }
                    length = given;
                }
                case TRANSFER_ENCODING -> {
                    if (isChunked || !HttpChars.equalsIgnoringCase(bytes, from, to, "chunked")) {
                        throw new Malformed("a transfer encoding other than chunked");
                    }
                    isChunked = true;
                }
                case CONNECTION -> connections.read(bytes, from, to);
                case KEEP_ALIVE -> keepAliveSeconds = timeout(from, to);
                case SET_COOKIE -> {
                    if (to - from > Limits.RESPONSE.cookie()) {
                        throw new Malformed(Malformed.Kind.COOKIE, "a cookie that is too large");
                    }
                }
                default -> {}
            }
        }
    }

    /** {@code timeout=5}: when the dyno will close the connection, unless it is used before. */
    private int timeout(int from, int to) {
        for (String member : Fields.members(bytes, from, to)) {
            if (member.matches("timeout=\\d{1,6}")) {
                return Integer.parseInt(member.substring("timeout=".length()));
            }
        }
        return -1;
    }

    public int status() {
        return status;
    }

    public boolean isInterim() {
        return status < 200;
    }

    /** @param isHead of an answer to HEAD */
    public Framing framing(boolean isHead) {
        if (isHead || status < 200 || status == 204 || status == 304) {
            return Framing.NONE;
        }
        if (isChunked) {
            return Framing.CHUNKED;
        }
        return length == NO_LENGTH ? Framing.UNTIL_CLOSE : Framing.LENGTH;
    }

    boolean hasLength() {
        return length != NO_LENGTH && !isChunked;
    }

    boolean isChunked() {
        return isChunked;
    }

    public long length() {
        return length;
    }

    public boolean isKeepAlive() {
        return connections.persists(isHttp11);
    }

    /** Seconds the dyno keeps an idle connection open, as it says; negative when it does not say. */
    public int keepAliveSeconds() {
        return keepAliveSeconds;
    }
}
