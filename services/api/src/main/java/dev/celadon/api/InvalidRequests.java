package dev.celadon.api;

import dev.celadon.contract.ErrorId;
import dev.celadon.runtime.Json;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/** The answer to what is no HTTP request: it closes the connection. */
final class InvalidRequests {
    private InvalidRequests() {}

    static void answer(HttpServerRequest request) {
        boolean isTooLarge = request.decoderResult().cause() instanceof TooLongHttpHeaderException;
        ErrorId id = isTooLarge ? ErrorId.HEADERS_TOO_LARGE : ErrorId.BAD_REQUEST;
        String message = isTooLarge ? "The request headers are too large." : "The request is not valid HTTP.";
        request.response()
                .setStatusCode(id.status())
                .putHeader("Content-Type", "application/json;charset=utf-8")
                .putHeader("Connection", "close")
                .end(Json.write(Map.of("id", id.id(), "message", message)))
                .onComplete(sent -> request.connection().close());
    }
}
