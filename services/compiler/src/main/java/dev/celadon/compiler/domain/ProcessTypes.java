package dev.celadon.compiler.domain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a slug's process types come about: what the Procfile declares, and the buildpack's defaults for the rest. */
public record ProcessTypes(String buildpack, Procfile declared, Map<String, String> defaults) {
    /** The Procfile wins over a default of the same type. */
    public Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>(declared.processTypes());
        new TreeMap<>(added()).forEach(all::put);
        return all;
    }

    /** What the pusher sees of it. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("-----> Discovering process types");
        lines.add(line("Procfile declares types", declared.processTypes().keySet()));
        if (!added().isEmpty()) {
            lines.add(line("Default types for " + buildpack, new TreeMap<>(added()).keySet()));
        }
        return lines;
    }

    private Map<String, String> added() {
        Map<String, String> added = new LinkedHashMap<>(defaults);
        added.keySet().removeAll(declared.processTypes().keySet());
        return added;
    }

    private static String line(String what, Collection<String> types) {
        return "       %-28s -> %s".formatted(what, types.isEmpty() ? "(none)" : String.join(", ", types));
    }
}
