package dev.celadon.router.domain;

/** The line before a chunk: its size in hex digits, and extensions that nobody heeds. */
public final class ChunkLine {
    public static final int MOST_BYTES = 1_024;
    /** As many as a long holds with a bit to spare. */
    public static final int MOST_DIGITS = 15;

    private ChunkLine() {}

    /** @return negative for what is no hex digit */
    public static int digit(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = HttpChars.lower(c);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /**
     * @param to right after the line feed
     * @param isLenient forgives blanks after the size
     * @throws Malformed when it is no size line
     */
    public static long size(byte[] line, int to, boolean isLenient) {
        long size = 0;
        int i = 0;
        while (i < to && digit(line[i]) >= 0) {
            if (i == MOST_DIGITS) {
                throw malformed();
            }
            size = (size << 4) | digit(line[i++]);
        }
        boolean hasSize = i > 0;
        while (isLenient && HttpChars.isBlank(line[i])) {
            i++;
        }
        boolean isExtended = line[i] == ';';
        while (isExtended && HttpChars.isValue(line[i])) {
            i++;
        }
        if (!hasSize || i != to - 2 || line[i] != '\r' || line[i + 1] != '\n') {
            throw malformed();
        }
        return size;
    }

    public static Malformed malformed() {
        return new Malformed("a chunk");
    }
}
