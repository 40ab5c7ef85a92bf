package dev.celadon.compiler.build;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The source's {@code app.json}. Other tools have files of that name, so one that does not parse is no reason to refuse
 * a build: it is told and ignored.
 *
 * @param json its text, when it is a JSON object
 * @param buildpacks the URLs it asks for
 */
record AppManifest(Optional<String> json, List<String> buildpacks, boolean isBroken) {
    static final AppManifest NONE = new AppManifest(Optional.empty(), List.of(), false);

    static AppManifest parse(String text) {
        JsonNode root;
        try {
            root = Json.mapper().readTree(text);
        } catch (JsonProcessingException malformed) {
            return new AppManifest(Optional.empty(), List.of(), true);
        }
        // PostgreSQL's jsonb has no place for this character.
        if (!root.isObject() || text.contains("\\u0000")) {
            return new AppManifest(Optional.empty(), List.of(), true);
        }
        List<String> urls = new ArrayList<>();
        for (JsonNode buildpack : root.path("buildpacks")) {
            JsonNode url = buildpack.isTextual() ? buildpack : buildpack.path("url");
            if (url.isTextual() && !url.asText().isBlank()) {
                urls.add(url.asText());
            }
        }
        return new AppManifest(Optional.of(text), List.copyOf(urls), false);
    }
}
