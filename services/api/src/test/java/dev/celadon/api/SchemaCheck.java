package dev.celadon.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.celadon.api.catalog.Schema;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Holds answers against the published schema: every field it names is there in its type, and no other. */
final class SchemaCheck {
    private final JsonNode schema = new ObjectMapper().valueToTree(Schema.load().json());

    /** {@code GET /apps/:app} of every link. */
    Set<String> routes() {
        Set<String> routes = new TreeSet<>();
        links().forEach(link -> routes.add(link.get("title").asText()));
        return routes;
    }

    /** The link whose method and path the request has. */
    Optional<String> route(String method, String path) {
        String asked = path.replaceAll("\\?.*", "");
        return links().stream()
                .map(link -> link.get("title").asText())
                .filter(route -> route.startsWith(method + " ") && asked.matches(pattern(route)))
                .min(java.util.Comparator.comparingLong(
                        route -> route.chars().filter(c -> c == ':').count()));
    }

    /** What the link's request brings, empty where it brings nothing. */
    JsonNode body(String route) {
        return links().stream()
                .filter(one -> one.get("title").asText().equals(route))
                .findFirst()
                .orElseThrow()
                .path("schema");
    }

    void check(String route, JsonNode answer) {
        JsonNode link = links().stream()
                .filter(one -> one.get("title").asText().equals(route))
                .findFirst()
                .orElseThrow();
        List<String> problems = new ArrayList<>();
        check("", link.get("targetSchema"), answer, problems);
        assertThat(problems).as(route + " answered " + answer).isEmpty();
    }

    private List<JsonNode> links() {
        List<JsonNode> links = new ArrayList<>();
        schema.get("definitions").forEach(definition -> definition.get("links").forEach(links::add));
        return links;
    }

    private static String pattern(String route) {
        return route.substring(route.indexOf(' ') + 1).replaceAll(":\\w+", "[^/]+");
    }

    private void check(String at, JsonNode type, JsonNode value, List<String> problems) {
        if (type.has("$ref")) {
            check(at, schema.at(type.get("$ref").asText().substring(1)), value, problems);
            return;
        }
        if (!types(type).contains(kind(value))
                && !(kind(value).equals("integer") && types(type).contains("number"))) {
            problems.add(at + ": " + value + " is no " + types(type));
            return;
        }
        if (value.isArray()) {
            value.forEach(item -> check(at + "[]", type.get("items"), item, problems));
        } else if (value.isObject() && type.has("properties")) {
            for (JsonNode required : type.path("required")) {
                if (!value.has(required.asText())) {
                    problems.add(at + "." + required.asText() + ": missing");
                }
            }
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                JsonNode known = type.get("properties").get(field.getKey());
                if (known == null) {
                    problems.add(at + "." + field.getKey() + ": not in the schema");
                } else {
                    check(at + "." + field.getKey(), known, field.getValue(), problems);
                }
            }
        } else if (value.isTextual()) {
            checkText(at, type, value.asText(), problems);
        }
    }

    private static void checkText(String at, JsonNode type, String text, List<String> problems) {
        if (type.has("pattern") && !text.matches(type.get("pattern").asText())) {
            problems.add(at + ": " + text + " does not match " + type.get("pattern"));
        }
        if (type.has("enum") && !type.get("enum").toString().contains('"' + text + '"')) {
            problems.add(at + ": " + text + " is none of " + type.get("enum"));
        }
        try {
            switch (type.path("format").asText()) {
                case "uuid" -> UUID.fromString(text);
                case "date-time" -> Instant.parse(text);
                case "uri" -> assertThat(new URI(text).isAbsolute()).isTrue();
                case "email" -> assertThat(text).contains("@");
                default -> assertThat(text).isNotNull();
            }
        } catch (Exception | AssertionError wrong) {
            problems.add(at + ": " + text + " is no " + type.get("format"));
        }
    }

    private static List<String> types(JsonNode type) {
        List<String> types = new ArrayList<>();
        if (type.get("type").isArray()) {
            type.get("type").forEach(one -> types.add(one.asText()));
        } else {
            types.add(type.get("type").asText());
        }
        return types;
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            default -> "null";
        };
    }
}
