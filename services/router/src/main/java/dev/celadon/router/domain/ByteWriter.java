package dev.celadon.router.domain;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Where a head or a log line is put together. Used again and again by one event loop. */
public final class ByteWriter {
    private static final byte[] LINE_END = {'\r', '\n'};

    private byte[] bytes = new byte[4_096];
    private int length;

    public void clear() {
        length = 0;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public ByteWriter append(byte[] from, int start, int end) {
        int size = end - start;
        reserve(size);
        System.arraycopy(from, start, bytes, length, size);
        length += size;
        return this;
    }

    public ByteWriter append(byte[] from) {
        return append(from, 0, from.length);
    }

    public ByteWriter append(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Latin-1 only. */
    @SuppressWarnings("deprecation") // The one way to copy a Latin-1 string without an array in between.
    public ByteWriter append(String text) {
        reserve(text.length());
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
        return this;
    }

    public ByteWriter append(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        return append(number, digits);
    }

    /** The last digits of a number, with the zeros before them. */
    public ByteWriter append(long number, int digits) {
        reserve(digits);
        long rest = number;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    public ByteWriter endLine() {
        return append(LINE_END);
    }

    public byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    public String text() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
