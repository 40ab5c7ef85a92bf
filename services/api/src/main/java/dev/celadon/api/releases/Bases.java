package dev.celadon.api.releases;

import dev.celadon.api.http.Request;
import io.vertx.core.http.HttpServerRequest;

/** Where the caller reaches this API: the base of URLs that answers hand out. */
final class Bases {
    private Bases() {}

    static String of(Request request) {
        HttpServerRequest http = request.context().request();
        String scheme =
                request.header("X-Forwarded-Proto").filter("https"::equals).orElse(String.valueOf(http.scheme()));
        return scheme + "://" + http.authority();
    }
}
