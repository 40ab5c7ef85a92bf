package dev.celadon.api.domain;

import java.util.Map;

/** The command of a one-off dyno: where it begins with the name of a process type, that type's command is meant. */
public final class OneOffCommand {
    private OneOffCommand() {}

    /** {@code console --sandbox} is {@code bin/rails console --sandbox} when the Procfile says so. */
    public static String of(String command, Map<String, String> processTypes) {
        String trimmed = command.strip();
        int end = trimmed.indexOf(' ');
        String first = end < 0 ? trimmed : trimmed.substring(0, end);
        String declared = processTypes.get(first);
        return declared == null ? command : declared + trimmed.substring(first.length());
    }
}
