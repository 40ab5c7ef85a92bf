package dev.celadon.router.domain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The field lines of a head, as positions in the bytes they were read from. Used again and again by one event loop. */
final class Fields {
    static final int INCOMPLETE = -1;
    private static final int NAME_START = 0;
    private static final int NAME_END = 1;
    private static final int VALUE_START = 2;
    private static final int VALUE_END = 3;

    private int count;
    private int end;
    private int[] spans = new int[4 * 32];
    private Field[] kinds = new Field[32];

    /**
     * Reads up to and with the empty line.
     *
     * @return the position after it, or {@link #INCOMPLETE}
     */
    int parse(byte[] bytes, int from, int to, Limits limits) {
        count = 0;
        int i = from;
        while (i < to) {
            if (bytes[i] == '\r') {
                end = i;
                return i + 1 == to ? INCOMPLETE : lineEnd(bytes, i);
            }
            int start = i;
            while (i < to && HttpChars.isToken(bytes[i])) {
                i++;
            }
            if (i - start > limits.name()) {
                throw tooLong();
            }
            if (i == to) {
                return INCOMPLETE;
            }
            if (bytes[i] != ':' || i == start) {
                throw new Malformed("a header name");
            }
            int nameEnd = i++;
            while (i < to && HttpChars.isBlank(bytes[i])) {
                i++;
            }
            int valueStart = i;
            while (i < to && HttpChars.isValue(bytes[i])) {
                i++;
            }
            if (i - start > limits.fieldLine()) {
                throw tooLong();
            }
            if (i + 1 >= to) {
                return INCOMPLETE;
            }
            int next = lineEnd(bytes, i);
            while (i > valueStart && HttpChars.isBlank(bytes[i - 1])) {
                i--;
            }
            add(Field.of(bytes, start, nameEnd), start, nameEnd, valueStart, i, limits);
            i = next;
        }
        return INCOMPLETE;
    }

    private static int lineEnd(byte[] bytes, int at) {
        if (bytes[at] != '\r' || bytes[at + 1] != '\n') {
            throw new Malformed("a header value or line end");
        }
        return at + 2;
    }

    private static Malformed tooLong() {
        return new Malformed(Malformed.Kind.HEADER, "a header that is too long");
    }

    private void add(Field kind, int nameStart, int nameEnd, int valueStart, int valueEnd, Limits limits) {
        if (count == limits.fields()) {
            throw new Malformed(Malformed.Kind.HEADER, "too many headers");
        }
        if (count == kinds.length) {
            kinds = Arrays.copyOf(kinds, count * 2);
            spans = Arrays.copyOf(spans, count * 8);
        }
        kinds[count] = kind;
        int at = count++ * 4;
        spans[at + NAME_START] = nameStart;
        spans[at + NAME_END] = nameEnd;
        spans[at + VALUE_START] = valueStart;
        spans[at + VALUE_END] = valueEnd;
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    Field kind(int field) {
        return kinds[field];
    }

    int nameStart(int field) {
        return spans[field * 4 + NAME_START];
    }

    int nameEnd(int field) {
        return spans[field * 4 + NAME_END];
    }

    int valueStart(int field) {
        return spans[field * 4 + VALUE_START];
    }

    int valueEnd(int field) {
        return spans[field * 4 + VALUE_END];
    }

    /** Where the field's line, with its line end, is over. */
    int lineEnd(int field) {
        return field + 1 < count ? nameStart(field + 1) : end;
    }

    boolean hasContentLength() {
        for (int i = 0; i < count; i++) {
            if (kinds[i] == Field.CONTENT_LENGTH) {
                return true;
            }
        }
        return false;
    }

    /** Digits alone, and few enough for a long. */
    static long contentLength(byte[] bytes, int from, int to) {
        if (from == to || to - from > 18) {
            throw new Malformed(Malformed.Kind.CONTENT_LENGTH, "a content length");
        }
        long length = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                throw new Malformed(Malformed.Kind.CONTENT_LENGTH, "a content length");
            }
            length = length * 10 + digit;
        }
        return length;
    }

    /** The members of a comma-separated list, in lower case. */
    static List<String> members(byte[] bytes, int from, int to) {
        List<String> members = new ArrayList<>(2);
        for (String member : new String(bytes, from, to - from, java.nio.charset.StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT)
                .split(",")) {
            if (!member.isBlank()) {
                members.add(member.strip());
            }
        }
        return members;
    }
}
