package dev.celadon.compiler.domain;

import java.util.List;
import java.util.Optional;

/**
 * Which buildpacks compile an app, in their order; none: the first built-in one that detects it. The first of these
 * that says something is the one that counts: the config var BUILDPACK_URL, the file .buildpacks, the app's own
 * setting, app.json.
 */
public record BuildpackChoice(List<Buildpack> buildpacks) {
    private static final int MOST = 20;

    /**
     * @param file text of the source's {@code .buildpacks}: one per line; blank lines and comments mean nothing
     * @throws BuildRejected when one is no buildpack, or there are too many
     */
    public static BuildpackChoice of(
            Optional<String> configVar, Optional<String> file, List<String> setting, List<String> appJson) {
        List<String> chosen = first(
                configVar.map(String::strip).filter(url -> !url.isEmpty()).stream()
                        .toList(),
                file.map(BuildpackChoice::lines).orElse(List.of()),
                setting,
                appJson);
        if (chosen.size() > MOST) {
            throw new BuildRejected("too many buildpacks: " + chosen.size() + " (limit: " + MOST + ")");
        }
        return new BuildpackChoice(chosen.stream().map(Buildpack::parse).toList());
    }

    @SafeVarargs
    private static List<String> first(List<String>... places) {
        for (List<String> place : places) {
            if (!place.isEmpty()) {
                return place;
            }
        }
        return List.of();
    }

    private static List<String> lines(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }
}
