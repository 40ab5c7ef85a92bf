package dev.celadon.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.domain.ListRange;
import dev.celadon.contract.ErrorId;
import dev.celadon.runtime.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Writes answers: lists in the asked part (206), tags, and 304 for what the client has. */
final class Answering {
    static final String JSON = "application/json;charset=utf-8";

    private Answering() {}

    static void answer(RoutingContext context, Answer answer) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        try {
            response.putHeader("Content-Type", JSON).setStatusCode(answer.status());
            answer.headers().forEach(response::putHeader);
            Buffer body = answer.ranges().isEmpty() ? Json.write(answer.json()) : part(context, answer);
            if (context.request().method().equals(HttpMethod.GET)) {
                String tag = tag(body);
                response.putHeader("ETag", tag);
                String known = context.request().getHeader("If-None-Match");
                if (known != null && matches(known, tag)) {
                    response.setStatusCode(304).end();
                    return;
                }
            }
            response.end(body);
        } catch (ApiException refused) {
            Failures.answer(context, refused);
        }
    }

    /** Whether the header names the tag, strong or weak. */
    static boolean matches(String header, String tag) {
        for (String one : header.split(",")) {
            String known = one.strip();
            if (known.equals("*") || known.equals(tag) || known.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }

    static String tag(Buffer body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes());
            return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** As it would be written, a list in the part that {@code range} names. */
    static Buffer body(Answer answer, ListRange range) {
        return Json.write(
                answer.ranges().isEmpty() || items(answer).size() <= ListRange.DEFAULT_MAX
                        ? answer.json()
                        : range.of(items(answer), Answering::value).items());
    }

    private static Buffer part(RoutingContext context, Answer answer) {
        HttpServerResponse response = context.response();
        response.putHeader("Accept-Ranges", String.join(", ", answer.ranges()));
        List<ObjectNode> items = items(answer);
        String header = context.request().getHeader("Range");
        var asked = ListRange.parse(header == null ? "" : header)
                .filter(range -> answer.ranges().contains(range.attribute()));
        if (asked.isEmpty() && items.size() <= ListRange.DEFAULT_MAX) {
            return Json.write(items);
        }
        ListRange range = asked.orElseGet(() -> ListRange.of(answer.ranges().get(0)));
        if (!range.isSatisfiable()) {
            throw new ApiException(
                    ErrorId.REQUESTED_RANGE_NOT_SATISFIABLE,
                    "max: " + range.max() + " (expected: 1.." + ListRange.MOST + ")");
        }
        ListRange.Part<ObjectNode> part = range.of(items, Answering::value);
        response.putHeader("Content-Range", part.contentRange());
        part.nextRange()
                .ifPresent(next -> response.putHeader("Next-Range", next).setStatusCode(206));
        return Json.write(part.items());
    }

    @SuppressWarnings("unchecked") // Answer.list takes nothing else
    private static List<ObjectNode> items(Answer answer) {
        return (List<ObjectNode>) answer.json();
    }

    private static String value(ObjectNode item, String attribute) {
        JsonNode value = item.path(attribute);
        return value.isMissingNode() ? "" : value.asText();
    }
}
