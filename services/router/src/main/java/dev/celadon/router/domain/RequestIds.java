package dev.celadon.router.domain;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** Names of requests: random UUIDs, which need to be unique, not secret. State of one event loop. */
public final class RequestIds {
    private static final int SHORTEST = 20;
    private static final int LONGEST = 200;
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final RandomGenerator random;
    private final byte[] id = new byte[36];

    public RequestIds(RandomGenerator random) {
        this.random = random;
    }

    public String next() {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & ~(3L << 62)) | (1L << 63);
        hex(high >>> 32, 0, 8);
        id[8] = '-';
        hex(high >>> 16, 9, 4);
        id[13] = '-';
        hex(high, 14, 4);
        id[18] = '-';
        hex(low >>> 48, 19, 4);
        id[23] = '-';
        hex(low, 24, 12);
        return new String(id, StandardCharsets.ISO_8859_1);
    }

    private void hex(long bits, int at, int digits) {
        long rest = bits;
        for (int i = at + digits - 1; i >= at; i--) {
            id[i] = DIGITS[(int) rest & 15];
            rest >>>= 4;
        }
    }

    /** 20 to 200 of {@code [A-Za-z0-9+/=-]}; any other is replaced. */
    static boolean isGood(byte[] bytes, int from, int to) {
        if (to - from < SHORTEST || to - from > LONGEST) {
            return false;
        }
        for (int i = from; i < to; i++) {
            int c = HttpChars.lower(bytes[i]);
            boolean isLetterOrDigit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!isLetterOrDigit && "+/=-".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
