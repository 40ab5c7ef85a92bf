package dev.celadon.router.domain;

/**
 * How large a head may be.
 *
 * @param line bytes of the first line and, in a request, of each field line
 */
public record Limits(int line, int fieldLine, int name, int fields, int method, int cookie) {
    public static final Limits REQUEST = new Limits(8_192, 8_192, 1_000, 1_000, 127, Integer.MAX_VALUE);
    public static final Limits RESPONSE = new Limits(8_192, 512 * 1024, 1_000, 1_000, 127, 8_192);
}
