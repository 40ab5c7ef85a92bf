package dev.celadon.logplex.domain;

import dev.celadon.contract.LogLine;
import java.nio.charset.StandardCharsets;

/**
 * A log line as drains get it: RFC 5424 without the STRUCTURED-DATA field, as Logplex has always sent it, behind its
 * length in bytes (RFC 6587 octet counting).
 */
public final class SyslogMessage {
    private static final int APP = priority(23, 6);
    private static final int ROUTER = priority(19, 6);
    private static final int LOGPLEX = priority(21, 4);
    private static final int PLATFORM = priority(5, 5);

    private SyslogMessage() {}

    /** @param hostname {@code host}, or the drain's token where nothing else carries it */
    public static byte[] encode(LogLine line, String hostname) {
        String message = "<%d>1 %s %s %s %s - %s\n"
                .formatted(
                        priority(line),
                        Timestamps.format(line.at()),
                        hostname,
                        line.source(),
                        line.process(),
                        line.text());
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        byte[] length = (text.length + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] counted = new byte[length.length + text.length];
        System.arraycopy(length, 0, counted, 0, length.length);
        System.arraycopy(text, 0, counted, length.length, text.length);
        return counted;
    }

    private static int priority(LogLine line) {
        if (line.source().equals("app")) {
            return APP;
        }
        return switch (line.process()) {
            case "router" -> ROUTER;
            case "logplex" -> LOGPLEX;
            default -> PLATFORM;
        };
    }

    private static int priority(int facility, int severity) {
        return facility * 8 + severity;
    }
}
