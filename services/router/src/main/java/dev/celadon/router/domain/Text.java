package dev.celadon.router.domain;

import java.nio.charset.StandardCharsets;

/** Bytes of the wire as text for a log: UTF-8 where they are more than ASCII. */
final class Text {
    private Text() {}

    static String of(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] < 0) {
                return new String(bytes, from, to - from, StandardCharsets.UTF_8);
            }
        }
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
