package dev.celadon.api.http;

import io.vertx.ext.web.RoutingContext;
import java.util.UUID;

/** The id of a request, told in its answer and in the platform's log. */
final class RequestIds {
    private RequestIds() {}

    static void give(RoutingContext context) {
        if (context.get(Endpoints.REQUEST_ID) == null) {
            String id = UUID.randomUUID().toString();
            context.put(Endpoints.REQUEST_ID, id);
            context.response().putHeader("Request-Id", id);
        }
    }
}
