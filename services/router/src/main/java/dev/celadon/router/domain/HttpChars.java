package dev.celadon.router.domain;

/** The character classes of RFC 9110, as tables: one look per byte. */
final class HttpChars {
    private static final byte TOKEN = 1;
    private static final byte VALUE = 2;
    private static final byte TARGET = 4;
    private static final byte HOST = 8;
    private static final byte[] CLASSES = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            boolean isAlphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (isAlphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
                CLASSES[c] |= TOKEN;
            }
            if ((c >= ' ' && c != 127) || c == '\t') {
                CLASSES[c] |= VALUE;
            }
            if (c > ' ' && c != 127 && c != '#') {
                CLASSES[c] |= TARGET;
            }
            if (isAlphanumeric || "-._~:[]%".indexOf(c) >= 0) {
                CLASSES[c] |= HOST;
            }
        }
    }

    private HttpChars() {}

    static boolean isToken(byte c) {
        return (CLASSES[c & 0xff] & TOKEN) != 0;
    }

    /** What a field value may hold: no control character but the tab, so no line end in any reading. */
    static boolean isValue(byte c) {
        return (CLASSES[c & 0xff] & VALUE) != 0;
    }

    static boolean isTarget(byte c) {
        return (CLASSES[c & 0xff] & TARGET) != 0;
    }

    static boolean isHost(byte c) {
        return (CLASSES[c & 0xff] & HOST) != 0;
    }

    static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    static int lower(byte c) {
        return c >= 'A' && c <= 'Z' ? c + 32 : c & 0xff;
    }

    /** @param lowerCase ASCII in lower case */
    static boolean equalsIgnoringCase(byte[] bytes, int from, int to, String lowerCase) {
        if (to - from != lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            if (lower(bytes[from + i]) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
