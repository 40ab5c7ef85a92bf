package dev.celadon.api.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The schema as a page for people: docs/protocols/api-reference.md. */
final class ApiReference {
    private ApiReference() {}

    static String of(Schema schema) {
        StringBuilder page = new StringBuilder("""
                # Platform API: reference

                Made from the schema that `GET /schema` serves and that the tests hold every answer against. How requests
                and answers work in general: [api.md](api.md).
                """);
        for (Map.Entry<String, JsonNode> resource :
                schema.json().get("definitions").properties()) {
            page.append("\n## ").append(resource.getKey()).append("\n\n");
            page.append(resource.getValue().get("description").asText()).append("\n");
            links(page, resource.getValue().get("links"));
            fields(page, resource.getValue());
        }
        return page.toString();
    }

    private static void links(StringBuilder page, JsonNode links) {
        if (links.isEmpty()) {
            return;
        }
        page.append("\n| request | what it does | body |\n|---|---|---|\n");
        for (JsonNode link : links) {
            page.append("| `").append(link.get("title").asText()).append("` | ");
            page.append(link.get("description").asText()).append(" | ");
            page.append(link.has("schema") ? "`" + type(link.get("schema")) + "`" : "")
                    .append(" |\n");
        }
    }

    private static void fields(StringBuilder page, JsonNode definition) {
        if (definition.has("properties")) {
            page.append("\n| field | type |\n|---|---|\n");
            for (Map.Entry<String, JsonNode> field :
                    definition.get("properties").properties()) {
                page.append("| `")
                        .append(field.getKey())
                        .append("` | ")
                        .append(type(field.getValue()))
                        .append(" |\n");
            }
        }
    }

    private static String type(JsonNode schema) {
        boolean isNullable = schema.path("type").isArray();
        String type = (isNullable ? schema.get("type").get(0) : schema.path("type")).asText();
        String said = switch (type) {
            case "array" -> "list of " + type(schema.get("items"));
            case "object" -> schema.has("properties") ? object(schema.get("properties")) : "object";
            default -> word(schema, type);
        };
        return isNullable ? said + " or null" : said;
    }

    private static String word(JsonNode schema, String type) {
        if (schema.has("enum")) {
            List<String> words = new ArrayList<>();
            schema.get("enum").forEach(word -> words.add(word.asText()));
            return String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.get(words.size() - 1);
        }
        return schema.has("format") ? schema.get("format").asText() : type;
    }

    private static String object(JsonNode properties) {
        List<String> fields = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : properties.properties()) {
            fields.add(field.getKey() + ": " + type(field.getValue()));
        }
        return "{" + String.join(", ", fields) + "}";
    }
}
