package dev.celadon.router.domain;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Where a new head is put together. Used again and again by one event loop. */
public final class HeadWriter {
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

    public HeadWriter append(byte[] from, int start, int end) {
        int size = end - start;
        reserve(size);
        System.arraycopy(from, start, bytes, length, size);
        length += size;
        return this;
    }

    public HeadWriter append(byte[] from) {
        return append(from, 0, from.length);
    }

    public HeadWriter append(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Latin-1 only. */
    @SuppressWarnings("deprecation") // The one way to copy a Latin-1 string without an array in between.
    public HeadWriter append(String text) {
        reserve(text.length());
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
        return this;
    }

    public HeadWriter append(long number) {
        reserve(20);
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    public HeadWriter endLine() {
        return append(LINE_END);
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
