package dev.celadon.api.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * {@code GET /schema}: the API's own JSON hyper-schema, expanded from the short form of {@code schema.json}: {@code
 * text?} may be null, {@code =a|b} is one of those, {@code ~…} matches the pattern, {@code key|null} is an object or null.
 */
public final class Schema {
    private static final String SHORT_FORM = "schema.json";
    private static final String NULLABLE = "|null";

    private final ObjectNode json;

    private Schema(ObjectNode json) {
        this.json = json;
    }

    public static Schema load() {
        try (InputStream in = Schema.class.getResourceAsStream(SHORT_FORM)) {
            if (in == null) {
                throw new IllegalStateException(SHORT_FORM + " is missing");
            }
            return new Schema(expand(Json.mapper().readTree(in)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public void mount(Endpoints endpoints) {
        endpoints.open(HttpMethod.GET, "/schema", request -> Future.succeededFuture(Answer.ok(json)));
    }

    public ObjectNode json() {
        return json;
    }

    private static ObjectNode expand(JsonNode resources) {
        ObjectNode schema = Representation.object()
                .put("$schema", "http://json-schema.org/draft-04/hyper-schema#")
                .put("title", "Celadon Platform API")
                .put("description", "Apps, what they run and who may change them.")
                .put("type", "object");
        ObjectNode definitions = schema.putObject("definitions");
        ObjectNode properties = schema.putObject("properties");
        for (Map.Entry<String, JsonNode> resource : resources.properties()) {
            String name = resource.getKey();
            ObjectNode definition = shape(resource.getValue().get("shape"));
            definition
                    .put("title", name)
                    .put("description", resource.getValue().get("about").asText());
            ArrayNode links = definition.putArray("links");
            resource.getValue().get("links").forEach(link -> links.add(link(link)));
            definitions.set(name, definition);
            properties.putObject(name).put("$ref", "#/definitions/" + name);
        }
        return schema;
    }

    private static ObjectNode link(JsonNode link) {
        String[] route = link.get(0).asText().split(" ");
        ObjectNode json = Representation.object()
                .put("description", link.get(2).asText())
                .put("href", route[1].replaceAll(":(\\w+)", "{$1}"))
                .put("method", route[0]);
        json.put("rel", rel(route[0], link.get(1).asText()))
                .put("title", link.get(0).asText());
        if (link.has(3)) {
            ObjectNode body = shape(link.get(3));
            body.remove("required");
            json.set("schema", body);
        }
        json.set("targetSchema", target(link.get(1).asText()));
        return json;
    }

    private static String rel(String method, String target) {
        return switch (method) {
            case "GET" -> target.startsWith("[") ? "instances" : "self";
            case "POST" -> "create";
            case "DELETE" -> "destroy";
            default -> "update";
        };
    }

    private static ObjectNode target(String target) {
        if (target.equals("map")) {
            return Representation.object().put("type", "object");
        }
        ObjectNode json = Representation.object();
        if (target.startsWith("[")) {
            json.put("type", "array")
                    .putObject("items")
                    .put("$ref", "#/definitions/" + target.substring(1, target.length() - 1));
            return json;
        }
        return json.put("$ref", "#/definitions/" + target);
    }

    private static ObjectNode shape(JsonNode shape) {
        if (shape.isTextual()) {
            return word(shape.asText());
        }
        ObjectNode json = Representation.object();
        if (shape.isArray()) {
            json.put("type", "array").set("items", shape(shape.get(0)));
            return json;
        }
        json.put("type", "object").put("additionalProperties", false);
        ObjectNode properties = json.putObject("properties");
        for (Map.Entry<String, JsonNode> property : shape.properties()) {
            String key = property.getKey();
            boolean isNullable = key.endsWith(NULLABLE);
            String name = isNullable ? key.substring(0, key.length() - NULLABLE.length()) : key;
            ObjectNode value = shape(property.getValue());
            if (isNullable) {
                value.putArray("type").add("object").add("null");
            }
            properties.set(name, value);
            json.withArray("required").add(name);
        }
        return json;
    }

    private static ObjectNode word(String word) {
        ObjectNode json = Representation.object();
        if (word.startsWith("=")) {
            json.put("type", "string");
            for (String value : word.substring(1).split("\\|")) {
                json.withArray("enum").add(value);
            }
            return json;
        }
        if (word.startsWith("~")) {
            return json.put("type", "string").put("pattern", word.substring(1));
        }
        boolean isNullable = word.endsWith("?");
        String kind = isNullable ? word.substring(0, word.length() - 1) : word;
        String type = switch (kind) {
            case "int" -> "integer";
            case "number" -> "number";
            case "bool" -> "boolean";
            case "map" -> "object";
            default -> "string";
        };
        if (isNullable) {
            json.putArray("type").add(type).add("null");
        } else {
            json.put("type", type);
        }
        String format = switch (kind) {
            case "uuid", "email", "uri" -> kind;
            case "time" -> "date-time";
            default -> "";
        };
        return format.isEmpty() ? json : json.put("format", format);
    }
}
