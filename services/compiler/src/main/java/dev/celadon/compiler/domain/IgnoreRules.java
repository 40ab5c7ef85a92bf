package dev.celadon.compiler.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The lines of one ignore file, relative to the directory it lies in. The last rule that matches decides. */
final class IgnoreRules {
    private final List<Rule> rules;

    private record Rule(Glob glob, boolean isForDirectories, boolean isNegated) {}

    private IgnoreRules(List<Rule> rules) {
        this.rules = rules;
    }

    /** @param negation whether {@code !pattern} takes back what an earlier line ignored; else such lines mean nothing */
    static IgnoreRules parse(String text, boolean negation) {
        List<Rule> rules = new ArrayList<>();
        for (String line : text.split("\r\n|\n|\r", -1)) {
            String pattern = withoutTrailingSpaces(line);
            boolean isNegated = pattern.startsWith("!");
            if (pattern.isEmpty() || pattern.startsWith("#") || (isNegated && !negation)) {
                continue;
            }
            rule(isNegated ? pattern.substring(1) : pattern, isNegated).ifPresent(rules::add);
        }
        return new IgnoreRules(List.copyOf(rules));
    }

    /** Whether it is ignored (true) or taken back (false); empty when no rule speaks of it. */
    Optional<Boolean> verdict(List<String> path, boolean isDirectory) {
        for (int i = rules.size() - 1; i >= 0; i--) {
            Rule rule = rules.get(i);
            if ((isDirectory || !rule.isForDirectories()) && rule.glob().matches(path)) {
                return Optional.of(!rule.isNegated());
            }
        }
        return Optional.empty();
    }

    private static Optional<Rule> rule(String pattern, boolean isNegated) {
        boolean isForDirectories = pattern.endsWith("/");
        String body = isForDirectories ? pattern.substring(0, pattern.length() - 1) : pattern;
        boolean isAnchored = body.indexOf('/') >= 0;
        List<String> segments = new ArrayList<>();
        if (!isAnchored) {
            segments.add("**");
        }
        for (String segment : body.split("/", -1)) {
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        boolean isEmpty = segments.isEmpty() || body.isEmpty();
        return isEmpty ? Optional.empty() : Optional.of(new Rule(new Glob(segments), isForDirectories, isNegated));
    }

    private static String withoutTrailingSpaces(String line) {
        int end = line.length();
        while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
            if (end > 1 && line.charAt(end - 2) == '\\') {
                break;
            }
            end--;
        }
        return line.substring(0, end);
    }
}
