package dev.celadon.router.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads a request in the most obvious way, with regular expressions and the whole text at hand. */
final class ReferenceFraming {
    static final String INCOMPLETE = "incomplete";
    /** A head without its end: refused already, or waited for, never taken. */
    static final String UNFINISHED = "unfinished";

    static final String REFUSED = "refused";
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final String VALUE = "[\\t\\x20-\\x7e\\x80-\\xff]*";

    private ReferenceFraming() {}

    private static final class Refusal extends RuntimeException {
        Refusal() {
            super(null, null, false, false);
        }
    }

    static String of(String input) {
        try {
            return read(input);
        } catch (Refusal refusal) {
            return REFUSED;
        }
    }

    private static String read(String input) {
        String text = input;
        for (int i = 0; i < 2 && text.startsWith("\r\n"); i++) {
            text = text.substring(2);
        }
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return UNFINISHED;
        }
        String[] lines = text.substring(0, end).split("\r\n", -1);
        if (!lines[0].matches(TOKEN + " [\\x21\\x22\\x24-\\x7e\\x80-\\xff]+ HTTP/1\\.[01]")) {
            throw new Refusal();
        }
        boolean isHttp11 = lines[0].endsWith("1");
        String host = null;
        Long length = null;
        boolean isChunked = false;
        for (int i = 1; i < lines.length; i++) {
            if (!lines[i].matches(TOKEN + ":" + VALUE)) {
                throw new Refusal();
            }
            int colon = lines[i].indexOf(':');
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            String value = lines[i].substring(colon + 1).replaceAll("^[ \\t]+|[ \\t]+$", "");
            switch (name) {
                case "host" -> {
                    if (host != null || !value.matches("[A-Za-z0-9._~:\\[\\]%-]+")) {
                        throw new Refusal();
                    }
                    host = value;
                }
                case "content-length" -> {
                    if (!value.matches("[0-9]{1,18}") || (length != null && length != Long.parseLong(value))) {
                        throw new Refusal();
                    }
                    length = Long.parseLong(value);
                }
                case "transfer-encoding" -> {
                    if (isChunked || !value.equalsIgnoreCase("chunked")) {
                        throw new Refusal();
                    }
                    isChunked = true;
                }
                default -> {}
            }
        }
        if (host == null
                || (isChunked && !isHttp11)
                || !isTargetOf(host, lines[0].split(" ")[0], lines[0].split(" ")[1])) {
            throw new Refusal();
        }
        int head = input.length() - text.length() + end + 4;
        String rest = input.substring(head);
        if (isChunked) {
            List<String> content = new ArrayList<>();
            int used = chunks(rest, content);
            return used < 0 ? INCOMPLETE : (head + used) + ":" + String.join("", content);
        }
        long wanted = length == null ? 0 : length;
        return rest.length() < wanted ? INCOMPLETE : (head + wanted) + ":" + rest.substring(0, (int) wanted);
    }

    private static boolean isTargetOf(String host, String method, String target) {
        if (target.startsWith("/") || method.equals("CONNECT") || (target.equals("*") && method.equals("OPTIONS"))) {
            return true;
        }
        return target.matches("(?is)https?://" + java.util.regex.Pattern.quote(host) + "([/?].*)?");
    }

    /** @return how much of the text the chunks are; negative when they are not whole */
    private static int chunks(String text, List<String> content) {
        int at = 0;
        while (true) {
            int line = text.indexOf('\n', at);
            if (line < 0) {
                return -1;
            }
            String size = text.substring(at, line + 1);
            if (!size.matches("[0-9A-Fa-f]{1,15}(;" + VALUE + ")?\r\n")) {
                throw new Refusal();
            }
            long bytes = Long.parseLong(size.split("[;\r]")[0], 16);
            at = line + 1;
            if (bytes == 0) {
                return trailers(text, at);
            }
            if (text.length() - at <= bytes) {
                return -1;
            }
            content.add(text.substring(at, at + (int) bytes));
            at += (int) bytes;
            String after = text.substring(at, Math.min(at + 2, text.length()));
            if (!"\r\n".startsWith(after)) {
                throw new Refusal();
            }
            if (after.length() < 2) {
                return -1;
            }
            at += 2;
        }
    }

    private static int trailers(String text, int from) {
        int at = from;
        while (true) {
            int line = text.indexOf('\n', at);
            if (line < 0) {
                return -1;
            }
            boolean isOver = text.substring(at, line + 1).equals("\r\n");
            at = line + 1;
            if (isOver) {
                if (!text.substring(from, at).matches("(?s)(" + TOKEN + ":" + VALUE + "\r\n)*\r\n")) {
                    throw new Refusal();
                }
                return at;
            }
        }
    }

    static String unwrapped(String chunked) {
        List<String> content = new ArrayList<>();
        int used = chunks(chunked, content);
        if (used != chunked.length()) {
            throw new AssertionError("what passed is no whole body: <" + chunked + ">");
        }
        return String.join("", content);
    }
}
