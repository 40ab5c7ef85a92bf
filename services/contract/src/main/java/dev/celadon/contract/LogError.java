package dev.celadon.contract;

/** The error codes of log delivery, with the words of their line. */
public enum LogError {
    L10("output buffer overflow"),
    L11("tail buffer overflow"),
    L12("local buffer overflow"),
    L13("local delivery error");

    private final String description;

    LogError(String description) {
        this.description = description;
    }

    /** {@code Error L10 (output buffer overflow): 500 messages dropped since TS.} */
    public String line(long dropped, java.time.Instant since) {
        return "Error %s (%s): %d messages dropped since %s.".formatted(name(), description, dropped, since);
    }
}
