package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.BuildRejected;
import dev.celadon.compiler.domain.ProcessTypes;
import java.io.IOException;

/** What the buildpacks made of the source, read from what they left behind. Blocks. */
final class BuildOutcome {
    /** The exit statuses of the script {@code buildpacks/build}. */
    private static final int OK = 0;

    private static final int NOTHING_DETECTED = 10;
    private static final int NOT_FETCHED = 13;
    private static final int NOT_SUITED = 14;
    private static final int NO_SUBMODULE = 15;
    private static final int KILLED = 137;

    private BuildOutcome() {}

    /** @throws BuildRejected when there is nothing to run */
    static ProcessTypes read(BuildSite site, int exit, int memoryMb) throws IOException {
        if (exit == NOTHING_DETECTED) {
            throw new BuildRejected(BuildRejected.NO_APP_DETECTED);
        }
        if (exit == NOT_FETCHED) {
            throw new BuildRejected("failed to fetch a buildpack");
        }
        if (exit == NOT_SUITED) {
            throw new BuildRejected("app not compatible with buildpack");
        }
        if (exit == NO_SUBMODULE) {
            throw new BuildRejected("submodule install failed");
        }
        String buildpack = BuiltFiles.buildpack(site.result());
        boolean isKilled = exit == KILLED
                || BuiltFiles.compileStatus(site.result())
                        .filter(String.valueOf(KILLED)::equals)
                        .isPresent();
        if (isKilled) {
            throw new BuildRejected("failed to compile " + buildpack
                    + " app: a process was killed, most likely out of memory (limit: " + memoryMb + "MB)");
        }
        if (exit != OK) {
            throw new BuildRejected("failed to compile " + buildpack + " app");
        }
        return new ProcessTypes(
                buildpack, BuiltFiles.procfile(site.source()), BuiltFiles.defaultProcessTypes(site.result()));
    }
}
