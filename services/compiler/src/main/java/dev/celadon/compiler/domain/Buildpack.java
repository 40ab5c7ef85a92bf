package dev.celadon.compiler.domain;

import dev.celadon.contract.BuiltInBuildpacks;
import java.util.regex.Pattern;

/**
 * One buildpack as somebody asked for it.
 *
 * @param place a built-in's name, or the URL
 * @param ref branch, tag or commit of a git URL; empty: its default branch
 */
public record Buildpack(Kind kind, String place, String ref) {
    private static final Pattern URL = Pattern.compile("(https?|git)://[!-~]+");
    private static final Pattern ARCHIVE = Pattern.compile("https?://[^#?]+\\.(tgz|tar\\.gz)(\\?[!-~]*)?");
    private static final Pattern REF = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/-]{0,249}");
    private static final int MOST_CHARACTERS = 2_048;

    public enum Kind {
        BUILT_IN,
        GIT,
        ARCHIVE
    }

    /**
     * {@code heroku/nodejs}, {@code https://host/buildpack.git#v2}, {@code https://host/buildpack.tgz}.
     *
     * @throws BuildRejected when it is none of them
     */
    public static Buildpack parse(String text) {
        String asked = text.startsWith("urn:buildpack:") ? text.substring("urn:buildpack:".length()) : text;
        if (asked.length() > MOST_CHARACTERS) {
            throw rejected(asked, "at most " + MOST_CHARACTERS + " characters");
        }
        if (ARCHIVE.matcher(asked).matches()) {
            return new Buildpack(Kind.ARCHIVE, asked, "");
        }
        int hash = asked.indexOf('#');
        String url = hash < 0 ? asked : asked.substring(0, hash);
        if (URL.matcher(url).matches()) {
            return new Buildpack(Kind.GIT, url, hash < 0 ? "" : ref(asked, asked.substring(hash + 1)));
        }
        String name = asked.startsWith("heroku/") ? asked.substring("heroku/".length()) : asked;
        if (BuiltInBuildpacks.NAMES.contains(name)) {
            return new Buildpack(Kind.BUILT_IN, name, "");
        }
        throw rejected(
                asked, "heroku/" + String.join(", heroku/", BuiltInBuildpacks.NAMES) + ", a git URL or one of a .tgz");
    }

    /** As it was asked for. */
    public String text() {
        return switch (kind) {
            case BUILT_IN -> "heroku/" + place;
            case GIT -> ref.isEmpty() ? place : place + "#" + ref;
            case ARCHIVE -> place;
        };
    }

    private static String ref(String asked, String ref) {
        if (!REF.matcher(ref).matches() || ref.contains("..")) {
            throw rejected(asked, "a branch, tag or commit after #");
        }
        return ref;
    }

    private static BuildRejected rejected(String asked, String expected) {
        String printable = asked.replaceAll("[^ -~]", "?");
        String shown = printable.length() <= 100 ? printable : printable.substring(0, 100) + "...";
        return new BuildRejected("unknown buildpack " + shown + " (expected: " + expected + ")");
    }
}
