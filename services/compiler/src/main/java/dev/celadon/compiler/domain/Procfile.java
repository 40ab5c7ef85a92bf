package dev.celadon.compiler.domain;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The process types an app declares, {@code type: command} a line, in the file's order. */
public record Procfile(Map<String, String> processTypes) {
    public static final Procfile NONE = new Procfile(Map.of());

    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9_-]{1,127})[ \t]*:[ \t]*(.*)", Pattern.DOTALL);
    private static final int SHOWN_CHARACTERS = 60;

    public Procfile {
        processTypes = Collections.unmodifiableMap(new LinkedHashMap<>(processTypes));
    }

    /**
     * Blank lines and lines that begin with {@code #} mean nothing.
     *
     * @throws BuildRejected when another line is not a process type, or a type is declared twice
     */
    public static Procfile parse(String text) {
        Map<String, String> types = new LinkedHashMap<>();
        int number = 0;
        for (String raw : withoutByteOrderMark(text).split("\r\n|\n|\r", -1)) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var parts = LINE.matcher(line);
            if (!parts.matches()) {
                throw new BuildRejected("Procfile does not parse: line " + number + ": " + shown(line));
            }
            String command = parts.group(2);
            if (command.isEmpty()) {
                throw new BuildRejected("Procfile does not parse: line " + number + ": no command: " + shown(line));
            }
            if (types.putIfAbsent(parts.group(1), command) != null) {
                throw new BuildRejected("Procfile does not parse: line " + number + ": declared twice: " + shown(line));
            }
        }
        return new Procfile(types);
    }

    private static String withoutByteOrderMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static String shown(String line) {
        String printable = line.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= SHOWN_CHARACTERS ? printable : printable.substring(0, SHOWN_CHARACTERS) + "...";
    }
}
