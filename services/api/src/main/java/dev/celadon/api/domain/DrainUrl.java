package dev.celadon.api.domain;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;

/** Where the log lines of an app may be sent. */
public final class DrainUrl {
    private static final Set<String> SCHEMES = Set.of("syslog", "syslog+tls", "http", "https");

    private DrainUrl() {}

    /** What is wrong with the URL, if anything. */
    public static Optional<String> problem(String url) {
        try {
            URI uri = new URI(url);
            if (!SCHEMES.contains(String.valueOf(uri.getScheme()))) {
                return Optional.of("url: " + url + " (expected: syslog://, syslog+tls://, http:// or https://)");
            }
            if (uri.getHost() == null) {
                return Optional.of("url: " + url + " has no host");
            }
            boolean needsPort = uri.getScheme().startsWith("syslog");
            return needsPort && uri.getPort() < 1
                    ? Optional.of("url: " + url + " has no port (expected: " + uri.getScheme() + "://host:port)")
                    : Optional.empty();
        } catch (URISyntaxException malformed) {
            return Optional.of("url: " + url + " is no URL: " + malformed.getReason());
        }
    }
}
