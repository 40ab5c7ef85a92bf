package dev.celadon.compiler.build;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.celadon.compiler.domain.BuildRejected;
import dev.celadon.compiler.domain.Procfile;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The few files of a build the platform itself reads. The app's code may have put anything in their place, so links and
 * special files count as absent and sizes have a bound. Blocks.
 */
final class BuiltFiles {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_NAME = 40;

    private BuiltFiles() {}

    static Procfile procfile(Path source) throws IOException {
        return text(source.resolve("Procfile")).map(Procfile::parse).orElse(Procfile.NONE);
    }

    static AppManifest appManifest(Path source) throws IOException {
        return text(source.resolve("app.json")).map(AppManifest::parse).orElse(AppManifest.NONE);
    }

    /** The name the buildpack's detect printed. */
    static String buildpack(Path result) throws IOException {
        String name = text(result.resolve("detected")).orElse("").strip().replaceAll("\\p{Cntrl}", " ");
        return name.isEmpty() ? "your" : name.substring(0, Math.min(name.length(), MAX_NAME));
    }

    /** How compile ended, when it came that far. */
    static Optional<String> compileStatus(Path result) throws IOException {
        return text(result.resolve("compile-status")).map(String::strip);
    }

    /** {@code default_process_types} of what bin/release printed. */
    static Map<String, String> defaultProcessTypes(Path result) throws IOException {
        Map<String, String> types = new LinkedHashMap<>();
        JsonNode yaml;
        try {
            yaml = new YAMLMapper().readTree(text(result.resolve("release.yml")).orElse(""));
        } catch (com.fasterxml.jackson.core.JsonProcessingException malformed) {
            throw new BuildRejected("the buildpack's bin/release did not print YAML");
        }
        yaml.path("default_process_types")
                .properties()
                .forEach(type -> types.put(type.getKey(), type.getValue().asText()));
        // Under the same rules as a Procfile's.
        return Procfile.parse(procfileText(types)).processTypes();
    }

    private static String procfileText(Map<String, String> types) {
        StringBuilder text = new StringBuilder();
        types.forEach((type, command) ->
                text.append(type).append(": ").append(command).append('\n'));
        return text.toString();
    }

    /** Of a plain file, cut at its bound. */
    static Optional<String> text(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (var channel = Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                var in = Channels.newInputStream(channel)) {
            return Optional.of(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
        }
    }
}
