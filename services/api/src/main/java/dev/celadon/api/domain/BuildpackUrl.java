package dev.celadon.api.domain;

import dev.celadon.contract.BuiltInBuildpacks;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How a user names a buildpack: a built-in one ({@code heroku/nodejs}) or where its git repository is. */
public final class BuildpackUrl {
    public static final Set<String> BUILT_IN =
            BuiltInBuildpacks.NAMES.stream().map("heroku/"::concat).collect(Collectors.toUnmodifiableSet());

    private static final String URN = "urn:buildpack:";
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+/[a-z0-9_-]+");
    private static final Pattern URL = Pattern.compile("(https?|git|ssh)://\\S+|\\S+@\\S+:\\S+\\.git(#\\S+)?");

    private BuildpackUrl() {}

    public static String withoutUrn(String text) {
        return text.startsWith(URN) ? text.substring(URN.length()) : text;
    }

    /** What is wrong with it, if anything. */
    public static Optional<String> problem(String text) {
        String url = withoutUrn(text);
        if (URL.matcher(url).matches() || BUILT_IN.contains(url)) {
            return Optional.empty();
        }
        return Optional.of(
                NAME.matcher(url).matches()
                        ? "buildpack: there is no buildpack " + url + " (known: " + String.join(", ", sorted()) + ")"
                        : "buildpack: " + text + " (expected: namespace/name or the URL of a git repository)");
    }

    private static List<String> sorted() {
        return BUILT_IN.stream().sorted().toList();
    }
}
