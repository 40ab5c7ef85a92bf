package dev.celadon.api.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which versions of the API an {@code Accept} header asks for; all variants of 3 are one. */
final class Versions {
    private static final Pattern VERSION =
            Pattern.compile("application/vnd\\.heroku\\+json\\s*;\\s*version=([\\w.-]+)");

    private Versions() {}

    static boolean isServed(@Nullable String accept) {
        Matcher version = VERSION.matcher(accept == null ? "" : accept);
        boolean isNamed = false;
        while (version.find()) {
            isNamed = true;
            if (version.group(1).matches("3(\\..*)?")) {
                return true;
            }
        }
        return !isNamed;
    }
}
