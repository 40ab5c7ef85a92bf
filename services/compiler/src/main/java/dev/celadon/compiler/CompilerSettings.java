package dev.celadon.compiler;

import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Networks;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What an operator may change about builds.
 *
 * @param interval between looks for work
 * @param atOnce builds this process runs side by side
 * @param lease after which a build whose compiler is gone starts over elsewhere
 * @param appsInterval between looks for deleted apps
 * @param buildpacks directory of the buildpacks
 * @param blocked networks from which no source archive is fetched
 */
public record CompilerSettings(
        Duration interval,
        int atOnce,
        Duration lease,
        Duration appsInterval,
        Path buildpacks,
        Networks blocked,
        Limits limits) {
    /**
     * @param build how long one build may take
     * @param slugBytes past it a slug is refused
     * @param slugAdviceBytes past it the pusher gets advice
     * @param sourceBytes of the pushed tree
     */
    public record Limits(
            Duration build,
            long slugBytes,
            long slugAdviceBytes,
            long sourceBytes,
            int memoryMb,
            int processes,
            int diskMb,
            int cacheMb) {}

    public static CompilerSettings from(Environment environment) {
        return new CompilerSettings(
                environment.duration("CELADON_COMPILER_INTERVAL", "1s", "time between looks for pushes to build"),
                environment.integer("CELADON_COMPILER_BUILDS", 2, 0, 64, "builds that one process runs at once"),
                environment.duration(
                        "CELADON_COMPILER_LEASE", "30s", "a build whose compiler is silent for longer starts over"),
                environment.duration(
                        "CELADON_COMPILER_APPS_INTERVAL", "30s", "time between looks for what deleted apps left"),
                environment.path("CELADON_COMPILER_BUILDPACKS", "buildpacks", "directory of the buildpacks"),
                environment.read(
                        "CELADON_COMPILER_SOURCE_BLOCKED",
                        "169.254.0.0/16,fe80::/10",
                        "networks from which no source archive is fetched",
                        Networks::parse),
                limits(environment));
    }

    private static Limits limits(Environment environment) {
        return new Limits(
                environment.duration("CELADON_COMPILER_BUILD_LIMIT", "15m", "a build that takes longer fails"),
                environment.bytes("CELADON_COMPILER_SLUG_LIMIT", "200MB", "a larger slug is refused"),
                environment.bytes("CELADON_COMPILER_SLUG_ADVICE", "50MB", "a larger slug gets advice on how to shrink"),
                environment.bytes("CELADON_COMPILER_SOURCE_LIMIT", "1GB", "a larger pushed tree is refused"),
                environment.integer(
                        "CELADON_COMPILER_MEMORY_MB", 2_048, 64, 1_048_576, "memory of one build container, MiB"),
                environment.integer(
                        "CELADON_COMPILER_PROCESSES", 1_024, 16, 65_536, "processes and threads of one build"),
                environment.integer("CELADON_COMPILER_DISK_MB", 4_096, 64, 1_048_576, "disk of one build, MiB"),
                environment.integer("CELADON_COMPILER_CACHE_MB", 2_048, 16, 1_048_576, "build cache of one app, MiB"));
    }
}
