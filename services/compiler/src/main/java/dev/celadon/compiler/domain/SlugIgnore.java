package dev.celadon.compiler.domain;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which of the pushed files a build never sees: git's own and {@code log}, {@code tmp} and gems at the root, what
 * {@code .slugignore} names, and what a {@code .gitignore} names although it is tracked.
 */
public final class SlugIgnore {
    private static final IgnoreRules ALWAYS = IgnoreRules.parse("/.git\n/.gitmodules\n/log/\n/tmp/\n/*.gem\n", false);

    private final IgnoreRules slugignore;
    /** By depth of their directory, so that a deeper file speaks last. */
    private final Map<SourcePath, IgnoreRules> gitignores;

    /**
     * @param slugignore text of the root's {@code .slugignore}; it knows no {@code !} negation
     * @param gitignores text of every {@code .gitignore} by the directory it lies in
     */
    public SlugIgnore(String slugignore, Map<SourcePath, String> gitignores) {
        this.slugignore = IgnoreRules.parse(slugignore, false);
        this.gitignores = new TreeMap<>(java.util.Comparator.comparingInt(
                        (SourcePath directory) -> directory.segments().size())
                .thenComparing(SourcePath::toString));
        gitignores.forEach((directory, text) -> this.gitignores.put(directory, IgnoreRules.parse(text, true)));
    }

    /** A file below an ignored directory is ignored, whatever rules name it. */
    public boolean ignores(SourcePath path, boolean isDirectory) {
        List<String> segments = path.segments();
        for (int depth = 1; depth <= segments.size(); depth++) {
            if (isNamed(segments.subList(0, depth), isDirectory || depth < segments.size())) {
                return true;
            }
        }
        return false;
    }

    private boolean isNamed(List<String> path, boolean isDirectory) {
        return ALWAYS.verdict(path, isDirectory).orElse(false)
                || slugignore.verdict(path, isDirectory).orElse(false)
                || isGitIgnored(path, isDirectory);
    }

    private boolean isGitIgnored(List<String> path, boolean isDirectory) {
        boolean isIgnored = false;
        for (Map.Entry<SourcePath, IgnoreRules> file : gitignores.entrySet()) {
            List<String> directory = file.getKey().segments();
            if (directory.size() < path.size()
                    && path.subList(0, directory.size()).equals(directory)) {
                Optional<Boolean> verdict =
                        file.getValue().verdict(path.subList(directory.size(), path.size()), isDirectory);
                isIgnored = verdict.orElse(isIgnored);
            }
        }
        return isIgnored;
    }
}
