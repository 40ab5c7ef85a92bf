package dev.celadon.logplex.domain;

import dev.celadon.contract.LogLine;
import java.util.ArrayList;
import java.util.List;

/** Text as it may stand in one line of a log: without line ends, at most 10,000 bytes of UTF-8. */
public final class LogText {
    private LogText() {}

    /** The text in as many pieces as it needs; at least one, which may be empty. */
    public static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            addCut(pieces, withoutReturn(text.substring(start, end)));
            start = end + 1;
        }
        if (start < text.length() || pieces.isEmpty()) {
            addCut(pieces, withoutReturn(text.substring(start)));
        }
        return pieces;
    }

    private static String withoutReturn(String line) {
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private static void addCut(List<String> pieces, String line) {
        int start = 0;
        int bytes = 0;
        int at = 0;
        while (at < line.length()) {
            int codePoint = line.codePointAt(at);
            int width = width(codePoint);
            if (bytes + width > LogLine.MAX_TEXT_BYTES) {
                pieces.add(line.substring(start, at));
                start = at;
                bytes = 0;
            }
            bytes += width;
            at += Character.charCount(codePoint);
        }
        pieces.add(line.substring(start));
    }

    private static int width(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }
}
