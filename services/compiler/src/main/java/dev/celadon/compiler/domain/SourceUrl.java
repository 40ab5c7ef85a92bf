package dev.celadon.compiler.domain;

import java.net.URI;
import java.net.URISyntaxException;

/** Where an archive is fetched from: http or https. */
public record SourceUrl(boolean isSecure, String host, int port, String pathAndQuery) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /** @throws BuildRejected when it is no such URL */
    public static SourceUrl parse(String text) {
        try {
            return of(new URI(text));
        } catch (URISyntaxException malformed) {
            throw rejected();
        }
    }

    /** Where a redirect leads.
     *
     * @throws BuildRejected when that is no such URL */
    public SourceUrl resolve(String location) {
        try {
            URI base = new URI(isSecure ? "https" : "http", null, host, port, "/", null, null);
            return of(base.resolve(new URI(pathAndQuery)).resolve(new URI(location)));
        } catch (URISyntaxException | IllegalArgumentException malformed) {
            throw rejected();
        }
    }

    private static SourceUrl of(URI uri) {
        boolean isSecure = "https".equalsIgnoreCase(uri.getScheme());
        if ((!isSecure && !"http".equalsIgnoreCase(uri.getScheme())) || uri.getHost() == null) {
            throw rejected();
        }
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        int port = uri.getPort() > 0 ? uri.getPort() : isSecure ? HTTPS : HTTP;
        return new SourceUrl(isSecure, uri.getHost(), port, path + query);
    }

    private static BuildRejected rejected() {
        return new BuildRejected("source could not be fetched: its URL is not valid (expected: http or https)");
    }
}
