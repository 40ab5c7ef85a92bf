package dev.celadon.manifold.terminal.domain;

import java.nio.charset.StandardCharsets;

/**
 * The line in which a command's shell tells its exit status to the client, which takes it away again. A command that
 * ends its shell never comes to print it; the platform then does.
 */
public final class ExitMarker {
    /** U+FFFF, which no text holds. */
    private static final String TEXT = "\uFFFF heroku-command-exit-status: ";

    private static final String ECHO = "echo \"" + TEXT + "$?\"";
    static final byte[] HEAD = TEXT.getBytes(StandardCharsets.UTF_8);
    static final int MOST_DIGITS = 3;

    private ExitMarker() {}

    /** Whether the client that sent the command waits for the marker. */
    public static boolean isWanted(String command) {
        return command.endsWith(ECHO);
    }

    public static byte[] of(int status) {
        return (TEXT + status + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
