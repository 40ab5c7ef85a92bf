package dev.celadon.api.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A change of config vars: new values, and keys to take away. */
public record ConfigChange(Map<String, String> set, List<String> removed) {
    private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int MOST_BYTES = 64 * 1024;

    public ConfigChange {
        set = Map.copyOf(set);
        removed = List.copyOf(removed);
    }

    /** What is wrong with the key, if anything. */
    public static Optional<String> problem(String key) {
        return KEY.matcher(key).matches() && !key.startsWith("__")
                ? Optional.empty()
                : Optional.of("Config var " + key + " is invalid: a key has letters, digits and underscores, "
                        + "and starts with neither a digit nor two underscores.");
    }

    public Map<String, String> apply(Map<String, String> before) {
        Map<String, String> after = new TreeMap<>(before);
        after.putAll(set);
        removed.forEach(after::remove);
        return after;
    }

    public static boolean isTooLarge(Map<String, String> vars) {
        return vars.entrySet().stream()
                        .mapToInt(var -> var.getKey().length() + var.getValue().length())
                        .sum()
                > MOST_BYTES;
    }

    /** {@code Set A, B config vars}, as releases are described. */
    public String description() {
        List<String> parts = new ArrayList<>();
        if (!set.isEmpty()) {
            parts.add("Set " + String.join(", ", new TreeMap<>(set).keySet()));
        }
        if (!removed.isEmpty()) {
            parts.add((parts.isEmpty() ? "Remove " : "remove ") + String.join(", ", removed));
        }
        return String.join(" and ", parts) + " config vars";
    }
}
