package dev.celadon.compiler.domain;

import java.util.ArrayList;
import java.util.List;

/** A path inside the pushed tree, such that writing to it stays inside: relative, without {@code ..}. */
public record SourcePath(List<String> segments) {
    private static final int MAX_BYTES = 4_096;

    public SourcePath {
        segments = List.copyOf(segments);
    }

    /**
     * The path a tar entry names; empty for the root itself.
     *
     * @throws BuildRejected when it would leave the tree
     */
    public static SourcePath of(String entry) {
        if (entry.startsWith("/") || entry.indexOf('\0') >= 0 || entry.length() > MAX_BYTES) {
            throw new BuildRejected("source has an unsafe path: " + shown(entry));
        }
        List<String> segments = new ArrayList<>();
        for (String segment : entry.split("/", -1)) {
            if (segment.equals("..")) {
                throw new BuildRejected("source has an unsafe path: " + shown(entry));
            }
            if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        return new SourcePath(segments);
    }

    public boolean isRoot() {
        return segments.isEmpty();
    }

    public String name() {
        return segments.get(segments.size() - 1);
    }

    public SourcePath parent() {
        return new SourcePath(segments.subList(0, segments.size() - 1));
    }

    @Override
    public String toString() {
        return String.join("/", segments);
    }

    private static String shown(String entry) {
        String printable = entry.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 80 ? printable : printable.substring(0, 80) + "...";
    }
}
