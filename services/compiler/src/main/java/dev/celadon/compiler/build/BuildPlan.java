package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.Buildpack;
import dev.celadon.compiler.domain.BuildpackChoice;
import dev.celadon.compiler.domain.Submodule;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a build container is told to do, in files it cannot change. {@code submodules}: a line for each to be fetched,
 * {@code COMMIT URL PATH}; {@code buildpacks}: a line for each in their order, {@code KIND REF PLACE}, none when it is to
 * detect.
 */
final class BuildPlan {
    private static final String BUILDPACK_URL = "BUILDPACK_URL";

    private BuildPlan() {}

    /** Blocks. */
    static void write(BuildSite site, List<Submodule> submodules) throws IOException {
        Files.createDirectories(site.plan());
        Files.write(
                site.plan().resolve("submodules"),
                submodules.stream()
                        .map(submodule -> submodule.commit() + " " + submodule.url() + " " + submodule.path())
                        .toList());
    }

    /** Reads the choice of buildpacks from the unpacked source, the config vars and the app's setting, and writes it down. Blocks. */
    static AppManifest choose(BuildSite site, List<String> setting) throws IOException {
        AppManifest manifest = BuiltFiles.appManifest(site.source());
        Optional<String> configVar = BuiltFiles.text(site.variables().resolve(BUILDPACK_URL));
        Optional<String> file = BuiltFiles.text(site.source().resolve(".buildpacks"));
        BuildpackChoice choice = BuildpackChoice.of(configVar, file, setting, manifest.buildpacks());
        Files.createDirectories(site.plan());
        Files.write(
                site.plan().resolve("buildpacks"),
                choice.buildpacks().stream().map(BuildPlan::line).toList());
        return manifest;
    }

    private static String line(Buildpack buildpack) {
        String ref = buildpack.ref().isEmpty() ? "-" : buildpack.ref();
        return buildpack.kind().name().toLowerCase(Locale.ROOT) + " " + ref + " " + buildpack.place();
    }
}
