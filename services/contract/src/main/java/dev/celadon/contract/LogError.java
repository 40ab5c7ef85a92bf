package dev.celadon.contract;

/** The error codes of log delivery, with the words of their line. */
public enum LogError {
    L10("output buffer overflow"),
    L11("tail buffer overflow"),
    L12("local buffer overflow"),
    L13("local delivery error"),
    L14("certificate validation");

    private final String description;

    LogError(String description) {
        this.description = description;
    }

    /** {@code Error L14 (certificate validation): error="bad certificate" uri="syslog+tls://logs.example.org:6514/"}. */
    public String line(String error, String uri) {
        return "Error %s (%s): error=\"%s\" uri=\"%s\"".formatted(name(), description, error, uri);
    }

    /** {@code Error L10 (output buffer overflow): 500 messages dropped since TS.} */
    public String line(long dropped, java.time.Instant since) {
        return "Error %s (%s): %d messages dropped since %s.".formatted(name(), description, dropped, since);
    }
}
