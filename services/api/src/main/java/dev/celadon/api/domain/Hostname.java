package dev.celadon.api.domain;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** A custom domain's host name, lower case. */
public final class Hostname {
    private static final Pattern NAME =
            Pattern.compile("(?=.{4,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    private Hostname() {}

    public static String normalised(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /**
     * What is wrong with the name, if anything.
     *
     * @param platform the platform's own domain, whose names it gives itself
     */
    public static Optional<String> problem(String name, String platform) {
        if (name.startsWith("*.")) {
            return Optional.of("hostname: " + name + " is a wildcard (expected: one host name)");
        }
        if (!NAME.matcher(name).matches()) {
            return Optional.of("hostname: " + name + " is no host name (expected: such as www.example.com)");
        }
        return name.equals(platform) || name.endsWith("." + platform)
                ? Optional.of("hostname: " + name + " belongs to this platform's own domain " + platform)
                : Optional.empty();
    }

    /** Whether a certificate's name covers the host; a wildcard stands for one label. */
    public static boolean isCoveredBy(String host, String certificateName) {
        String name = certificateName.toLowerCase(Locale.ROOT);
        if (!name.startsWith("*.")) {
            return name.equals(host);
        }
        int dot = host.indexOf('.');
        return dot > 0 && host.substring(dot).equals(name.substring(1));
    }
}
