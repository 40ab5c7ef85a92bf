package dev.celadon.logplex.domain;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Where a drain leads, read from its URL.
 *
 * @param isSyslog over TCP; else it is posted to
 * @param isSecure with TLS
 * @param uri path and query of what is posted to
 * @param authorization from the URL's user and password
 */
public record DrainTarget(
        boolean isSyslog, boolean isSecure, String host, int port, String uri, Optional<String> authorization) {
    /** @throws IllegalArgumentException when it is none */
    public static DrainTarget parse(String url) {
        URI uri = URI.create(url);
        String scheme = String.valueOf(uri.getScheme());
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("a drain's URL without a host");
        }
        return switch (scheme) {
            case "syslog" -> new DrainTarget(true, false, plain(host), port(uri, 514), "", Optional.empty());
            case "syslog+tls" -> new DrainTarget(true, true, plain(host), port(uri, 6514), "", Optional.empty());
            case "http" -> new DrainTarget(false, false, plain(host), port(uri, 80), path(uri), authorization(uri));
            case "https" -> new DrainTarget(false, true, plain(host), port(uri, 443), path(uri), authorization(uri));
            default -> throw new IllegalArgumentException("a drain's URL of the scheme " + scheme);
        };
    }

    /** Without what may be a secret: user, password, path and query. */
    public String shown() {
        String scheme = isSyslog ? isSecure ? "syslog+tls" : "syslog" : isSecure ? "https" : "http";
        return scheme + "://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port + "/";
    }

    private static int port(URI uri, int usual) {
        return uri.getPort() < 0 ? usual : uri.getPort();
    }

    /** An IPv6 address without its brackets. */
    private static String plain(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String path(URI uri) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private static Optional<String> authorization(URI uri) {
        return Optional.ofNullable(uri.getUserInfo())
                .map(user -> "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }
}
