package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.Build;
import dev.celadon.compiler.domain.BuildRejected;
import dev.celadon.compiler.domain.SourceUrl;
import dev.celadon.runtime.Networks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Fetches an archive from wherever its requester says. The address is resolved and checked here and then connected to,
 * so that no name leads to a network that is blocked, nor does a redirect.
 */
final class ArchiveFetch {
    private static final int MOST_REDIRECTS = 5;
    private static final int CHUNK = 64 * 1024;

    private final Vertx vertx;
    private final HttpClient client;
    private final ResponseFile file;
    private final Networks blocked;

    ArchiveFetch(Vertx vertx, HttpClient client, ResponseFile file, Networks blocked) {
        this.vertx = vertx;
        this.client = client;
        this.file = file;
        this.blocked = blocked;
    }

    /** Fails with {@code BuildRejected} in words for the requester, whatever is wrong with the archive or its server. */
    Future<Void> fetch(Build.Source source, Path target, Stop stop) {
        return Future.succeededFuture(source.url())
                .map(SourceUrl::parse)
                .compose(url -> response(url, MOST_REDIRECTS))
                .compose(response -> file.save(response, target, stop))
                .recover(cause -> Future.failedFuture(
                        cause instanceof BuildRejected
                                ? cause
                                : new BuildRejected("source could not be fetched: " + cause.getMessage())))
                .compose(saved -> verified(source.checksum(), target));
    }

    private Future<HttpClientResponse> response(SourceUrl url, int redirectsLeft) {
        return vertx.executeBlocking(() -> blocked.resolveOutside(url.host()), false)
                .compose(address -> client.request(options(url, address)))
                .compose(HttpClientRequest::send)
                .compose(response -> {
                    response.pause();
                    String location = response.getHeader(HttpHeaders.LOCATION);
                    if (response.statusCode() / 100 == 3 && location != null) {
                        return redirected(response, url, location, redirectsLeft);
                    }
                    return response.statusCode() == 200
                            ? Future.succeededFuture(response)
                            : ResponseFile.refuse(
                                    response, new BuildRejected("source answered " + response.statusCode()));
                });
    }

    private Future<HttpClientResponse> redirected(
            HttpClientResponse response, SourceUrl url, String location, int redirectsLeft) {
        return ResponseFile.<HttpClientResponse>refuse(response, new BuildRejected("source redirects too often"))
                .recover(tooOften -> redirectsLeft == 0
                        ? Future.failedFuture(tooOften)
                        : Future.succeededFuture(location)
                                .map(url::resolve)
                                .compose(next -> response(next, redirectsLeft - 1)));
    }

    private static RequestOptions options(SourceUrl url, InetAddress address) {
        return new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(url.host())
                .setPort(url.port())
                .setSsl(url.isSecure())
                .setURI(url.pathAndQuery())
                .setServer(SocketAddress.inetSocketAddress(url.port(), address.getHostAddress()))
                .putHeader(HttpHeaders.USER_AGENT, "celadon-compiler");
    }

    private Future<Void> verified(Optional<String> checksum, Path archive) {
        return checksum.isEmpty()
                ? Future.succeededFuture()
                : vertx.executeBlocking(() -> sha256(archive), false)
                        .compose(found -> found.equalsIgnoreCase(checksum.get())
                                ? Future.succeededFuture()
                                : Future.failedFuture(new BuildRejected("source has the checksum " + found
                                        + " (expected: " + checksum.get().replaceAll("[^ -~]", "?") + ")")));
    }

    private static String sha256(Path archive) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(archive)) {
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                digest.update(chunk, 0, length);
            }
        }
        return "SHA256:" + HexFormat.of().formatHex(digest.digest());
    }
}
