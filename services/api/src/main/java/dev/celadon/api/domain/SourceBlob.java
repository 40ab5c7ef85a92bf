package dev.celadon.api.domain;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a build's source comes from. */
public final class SourceBlob {
    private static final Pattern CHECKSUM = Pattern.compile("SHA256:[0-9a-fA-F]{64}");

    private SourceBlob() {}

    /** What is wrong with URL or checksum, if anything. */
    public static Optional<String> problem(String url, @Nullable String checksum) {
        if (checksum != null && !CHECKSUM.matcher(checksum).matches()) {
            return Optional.of("checksum: " + checksum + " (expected: SHA256: and 64 hexadecimal digits)");
        }
        try {
            URI uri = new URI(url);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return isHttp && uri.getHost() != null
                    ? Optional.empty()
                    : Optional.of("url: " + url + " (expected: http:// or https://)");
        } catch (URISyntaxException malformed) {
            return Optional.of("url: " + url + " is no URL: " + malformed.getReason());
        }
    }
}
