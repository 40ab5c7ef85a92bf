package dev.celadon.contract;

import java.util.List;

/** The buildpacks that come with the platform, by the name that stands after {@code heroku/}. */
public final class BuiltInBuildpacks {
    public static final List<String> NAMES =
            List.of("clojure", "java", "nodejs", "procfile", "python", "ruby", "scala");

    private BuiltInBuildpacks() {}
}
