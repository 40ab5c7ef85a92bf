package dev.celadon.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.contract.ErrorId;
import dev.celadon.runtime.Json;
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

    public Optional<String> text(String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() && !value.isNumber()) {
            throw ApiException.invalid(field + ": " + value + " (expected: a string)");
        }
        return Optional.of(value.asText());
    }

    public Optional<Boolean> flag(String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw ApiException.invalid(field + ": " + value + " (expected: true or false)");
        }
        return Optional.of(value.asBoolean());
    }

    public Optional<Integer> number(String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isIntegralNumber()) {
            throw ApiException.invalid(field + ": " + value + " (expected: a whole number)");
        }
        return Optional.of(value.asInt());
    }
}
