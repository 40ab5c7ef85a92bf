package dev.celadon.compiler.domain;

import java.util.List;

/**
 * One pattern over path segments, as git's ignore files write it: {@code *} and {@code ?} stay inside a segment,
 * {@code **} stands for any number of segments. Never slower than pattern times path, whatever the pattern.
 */
final class Glob {
    private static final String ANY_DEPTH = "**";

    private final List<String> segments;

    Glob(List<String> segments) {
        this.segments = List.copyOf(segments);
    }

    boolean matches(List<String> path) {
        // reachable[j]: the pattern's segments so far match the first j of the path.
        boolean[] reachable = new boolean[path.size() + 1];
        reachable[0] = true;
        for (int i = 0; i < segments.size(); i++) {
            boolean isLast = i == segments.size() - 1;
            reachable = segments.get(i).equals(ANY_DEPTH)
                    ? anyDepth(reachable, isLast)
                    : oneSegment(reachable, segments.get(i), path);
        }
        return reachable[path.size()];
    }

    /** At the end {@code **} is what lies inside, so it needs at least one segment. */
    private static boolean[] anyDepth(boolean[] before, boolean isLast) {
        boolean[] after = new boolean[before.length];
        boolean isOpen = false;
        for (int j = 0; j < before.length; j++) {
            after[j] = isOpen || (before[j] && !isLast);
            isOpen |= before[j];
        }
        return after;
    }

    private static boolean[] oneSegment(boolean[] before, String pattern, List<String> path) {
        boolean[] after = new boolean[before.length];
        for (int j = 0; j < path.size(); j++) {
            after[j + 1] = before[j] && segmentMatches(pattern, path.get(j));
        }
        return after;
    }

    static boolean segmentMatches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int afterStar = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                afterStar = t;
                continue;
            }
            int next = p < pattern.length() ? step(pattern, p, text.charAt(t)) : -1;
            if (next >= 0) {
                p = next;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++afterStar;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** Where the pattern goes on after one character, or -1 when it does not match. */
    private static int step(String pattern, int p, char c) {
        char wanted = pattern.charAt(p);
        if (wanted == '?') {
            return p + 1;
        }
        if (wanted == '\\' && p + 1 < pattern.length()) {
            return pattern.charAt(p + 1) == c ? p + 2 : -1;
        }
        if (wanted == '[') {
            int end = classEnd(pattern, p);
            if (end > 0) {
                return isInClass(pattern, p + 1, end, c) ? end + 1 : -1;
            }
        }
        return wanted == c ? p + 1 : -1;
    }

    /** Of the closing bracket; a bracket right at the beginning is one of the characters. */
    private static int classEnd(String pattern, int open) {
        int from = open + 1;
        if (from < pattern.length() && isNegation(pattern.charAt(from))) {
            from++;
        }
        return pattern.indexOf(']', from + 1);
    }

    private static boolean isInClass(String pattern, int from, int end, char c) {
        boolean isNegated = isNegation(pattern.charAt(from));
        boolean isFound = false;
        for (int i = isNegated ? from + 1 : from; i < end; i++) {
            if (i + 2 < end && pattern.charAt(i + 1) == '-') {
                isFound |= c >= pattern.charAt(i) && c <= pattern.charAt(i + 2);
                i += 2;
            } else {
                isFound |= pattern.charAt(i) == c;
            }
        }
        return isFound != isNegated;
    }

    private static boolean isNegation(char c) {
        return c == '!' || c == '^';
    }
}
