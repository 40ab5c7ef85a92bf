package dev.celadon.api.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.contract.ErrorId;
import dev.celadon.runtime.Json;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.pgclient.PgException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every failure in the API's one form; what nobody foresaw is logged with the request's id. */
final class Failures {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);
    /** PostgreSQL's classes of text that it cannot take. */
    private static final Set<String> BAD_TEXT = Set.of("22021", "22P05");

    private Failures() {}

    static void answer(RoutingContext context, @Nullable Throwable cause) {
        ApiException told = translate(context, cause);
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("id", told.id().id()).put("message", String.valueOf(told.getMessage()));
        if (!told.resource().isEmpty()) {
            json.put("resource", told.resource());
        }
        if (!context.response().ended() && !context.response().closed()) {
            context.response()
                    .setStatusCode(told.id().status())
                    .putHeader("Content-Type", Answering.JSON)
                    .end(Json.write(json));
        }
    }

    private static ApiException translate(RoutingContext context, @Nullable Throwable cause) {
        if (cause instanceof ApiException told) {
            return told;
        }
        // The router fails requests with a status, with a cause or without.
        int status = cause instanceof HttpException http ? http.getStatusCode() : context.statusCode();
        if (status == 413) {
            return new ApiException(ErrorId.PAYLOAD_TOO_LARGE, "The request body is too large.");
        }
        if (status == 400 || (cause instanceof IllegalArgumentException && context.failed())) {
            return new ApiException(ErrorId.BAD_REQUEST, "The request is malformed.");
        }
        if (cause instanceof PgException postgres && BAD_TEXT.contains(String.valueOf(postgres.getSqlState()))) {
            return new ApiException(ErrorId.BAD_REQUEST, "The request has text that is no text.");
        }
        String id = context.get(Endpoints.REQUEST_ID);
        log.atError().addKeyValue("request", id).setCause(cause).log("request-failed");
        return new ApiException(ErrorId.INTERNAL_SERVER_ERROR, "Internal server error, request " + id + ".");
    }
}
