package dev.celadon.api.domain;

/** What a release phase printed, taken from the lines of the app's log. */
public final class PhaseOutput {
    private PhaseOutput() {}

    /** {@code 2026-01-02T03:04:05+00:00 app[release.1]: text} is {@code text}; other lines stay as they are. */
    public static String text(String logLine) {
        int end = logLine.indexOf("]: ");
        return end < 0 ? logLine : logLine.substring(end + 3);
    }
}
