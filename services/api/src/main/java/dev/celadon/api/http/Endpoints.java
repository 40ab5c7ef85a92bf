package dev.celadon.api.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.contract.ErrorId;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hangs resources on the router: authenticates, parses, answers as JSON, and says every error in one form. */
public final class Endpoints {
    private static final Logger log = LoggerFactory.getLogger(Endpoints.class);

    private final Router router;
    private final Function<String, Future<Optional<Caller>>> authenticate;

    /** One request to a resource: who asks, its path parameters and its body. */
    public record Request(Caller caller, RoutingContext context, Body body) {
        public String parameter(String name) {
            return context.pathParam(name);
        }
    }

    /** An answer with its status. */
    public record Answer(int status, Object json) {
        public static Answer ok(Object json) {
            return new Answer(200, json);
        }

        public static Answer created(Object json) {
            return new Answer(201, json);
        }
    }

    public Endpoints(Router router, long maxBody, Function<String, Future<Optional<Caller>>> authenticate) {
        this.router = router;
        this.authenticate = authenticate;
        router.route().handler(this::identify);
        router.route().handler(BodyHandler.create(false).setBodyLimit(maxBody));
        router.route().failureHandler(context -> fail(context, context.failure()));
        router.errorHandler(
                404,
                context -> fail(
                        context,
                        ApiException.notFound("resource: " + context.request().path())));
        router.errorHandler(
                405,
                context -> fail(
                        context,
                        new ApiException(
                                ErrorId.METHOD_NOT_ALLOWED, context.request().method() + " is not possible here.")));
    }

    public void add(HttpMethod method, String path, Function<Request, Future<Answer>> resource) {
        router.route(method, path)
                .handler(context -> Future.succeededFuture()
                        .compose(begun -> authenticate.apply(token(context)))
                        .map(caller -> caller.orElseThrow(
                                () -> new ApiException(ErrorId.UNAUTHORIZED, "Invalid credentials provided.")))
                        .map(caller -> new Request(caller, context, Body.parse(text(context))))
                        .compose(resource)
                        .onSuccess(answer -> answer(context, answer))
                        .onFailure(cause -> fail(context, cause)));
    }

    private void identify(RoutingContext context) {
        String id = UUID.randomUUID().toString();
        context.put("request-id", id);
        context.response().putHeader("Request-Id", id);
        context.next();
    }

    private static void answer(RoutingContext context, Answer answer) {
        Buffer body = Json.write(answer.json());
        HttpServerResponse response = context.response();
        response.putHeader("Content-Type", "application/json;charset=utf-8");
        if (context.request().method().equals(HttpMethod.GET)) {
            String tag = '"' + hash(body) + '"';
            response.putHeader("ETag", tag);
            if (tag.equals(context.request().getHeader("If-None-Match"))) {
                response.setStatusCode(304).end();
                return;
            }
        }
        response.setStatusCode(answer.status()).end(body);
    }

    private static void fail(RoutingContext context, Throwable cause) {
        ApiException told = translate(context, cause);
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("id", told.id().id()).put("message", String.valueOf(told.getMessage()));
        if (!context.response().ended()) {
            context.response()
                    .setStatusCode(told.id().status())
                    .putHeader("Content-Type", "application/json;charset=utf-8")
                    .end(Json.write(json));
        }
    }

    private static ApiException translate(RoutingContext context, Throwable cause) {
        if (cause instanceof ApiException told) {
            return told;
        }
        if (cause instanceof HttpException http && http.getStatusCode() == 413) {
            return new ApiException(ErrorId.PAYLOAD_TOO_LARGE, "The request body is too large.");
        }
        if (cause instanceof HttpException http && http.getStatusCode() == 400) {
            return new ApiException(ErrorId.BAD_REQUEST, "The request is malformed.");
        }
        String id = context.get("request-id");
        log.atError().addKeyValue("request", id).setCause(cause).log("request-failed");
        return new ApiException(ErrorId.INTERNAL_SERVER_ERROR, "Internal server error, request " + id + ".");
    }

    /** {@code Bearer T} or Basic with T as the password; empty when there is none. */
    private static String token(RoutingContext context) {
        String header = String.valueOf(context.request().getHeader("Authorization"));
        if (header.startsWith("Bearer ")) {
            return header.substring("Bearer ".length());
        }
        if (header.startsWith("Basic ")) {
            try {
                byte[] pair = Base64.getDecoder().decode(header.substring("Basic ".length()));
                String text = new String(pair, StandardCharsets.UTF_8);
                return text.substring(text.indexOf(':') + 1);
            } catch (IllegalArgumentException notBase64) {
                return "";
            }
        }
        return "";
    }

    private static String text(RoutingContext context) {
        String body = context.body().asString();
        return body == null ? "" : body;
    }

    private static String hash(Buffer body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes());
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
