package dev.celadon.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.contract.ErrorId;
import dev.celadon.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A request's JSON object; every accessor fails with the name of the field that is wrong. */
public record Body(JsonNode json) {
    public static Body parse(String text) {
        if (text.isBlank()) {
            return new Body(Json.mapper().createObjectNode());
        }
        try {
            JsonNode json = Json.mapper().readTree(text);
            if (!json.isObject()) {
                throw new ApiException(ErrorId.BAD_REQUEST, "The request body must be a JSON object.");
            }
            return new Body(json);
        } catch (JsonProcessingException malformed) {
            throw new ApiException(
                    ErrorId.BAD_REQUEST, "The request body is not JSON: " + malformed.getOriginalMessage() + ".");
        }
    }

    public boolean has(String field) {
        return json.has(field);
    }

    public Optional<String> text(String field) {
        JsonNode value = json.path(field);
        if (isAbsent(value)) {
            return Optional.empty();
        }
        if (!value.isTextual() && !value.isNumber()) {
            throw ApiException.invalid(field + ": " + value + " (expected: a string)");
        }
        if (value.asText().indexOf('\0') >= 0) {
            throw ApiException.invalid(field + ": has a zero byte (expected: text)");
        }
        return Optional.of(value.asText());
    }

    /** A text that must be there. */
    public String required(String field) {
        return text(field)
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> ApiException.invalid(field + ": missing (expected: a string)"));
    }

    public Optional<Boolean> flag(String field) {
        JsonNode value = json.path(field);
        if (isAbsent(value)) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw ApiException.invalid(field + ": " + value + " (expected: true or false)");
        }
        return Optional.of(value.asBoolean());
    }

    /** Also where the number came as text, as some clients send it. */
    public Optional<Integer> number(String field) {
        JsonNode value = json.path(field);
        if (isAbsent(value)) {
            return Optional.empty();
        }
        if (value.isTextual() && value.asText().matches("[+-]?\\d{1,9}")) {
            return Optional.of(Integer.parseInt(value.asText()));
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw ApiException.invalid(field + ": " + value + " (expected: a whole number)");
        }
        return Optional.of(value.asInt());
    }

    /** An object within the body; empty when absent. */
    public Body object(String field) {
        JsonNode value = json.path(field);
        if (isAbsent(value)) {
            return new Body(Json.mapper().createObjectNode());
        }
        if (!value.isObject()) {
            throw ApiException.invalid(field + ": " + value + " (expected: an object)");
        }
        return new Body(value);
    }

    public Optional<List<String>> texts(String field) {
        JsonNode value = json.path(field);
        if (isAbsent(value)) {
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        if (value.isArray()) {
            value.forEach(text -> texts.add(text.isTextual() ? text.asText() : ""));
        }
        if (!value.isArray() || texts.contains("")) {
            throw ApiException.invalid(field + ": " + value + " (expected: a list of strings)");
        }
        return Optional.of(texts);
    }

    public List<Body> objects(String field) {
        List<Body> objects = new ArrayList<>();
        JsonNode value = json.path(field);
        value.forEach(object -> objects.add(new Body(object)));
        if (!value.isArray() || !objects.stream().allMatch(object -> object.json() instanceof ObjectNode)) {
            throw ApiException.invalid(field + ": missing or no list (expected: a list of objects)");
        }
        return objects;
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }
}
