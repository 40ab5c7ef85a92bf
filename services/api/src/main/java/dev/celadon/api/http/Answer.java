package dev.celadon.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * An answer with its status.
 *
 * @param ranges the attributes a list can be cut by, the first by default; empty when the answer is no list
 * @param changes what webhooks are told
 */
public record Answer(int status, Object json, List<String> ranges, Map<String, String> headers, List<Change> changes) {
    /** An entity of webhooks ({@code api:domain}) and what happened to it ({@code create}). */
    public record Change(String entity, String action, JsonNode data) {}

    private Answer(int status, Object json) {
        this(status, json, List.of(), Map.of(), List.of());
    }

    public static Answer ok(Object json) {
        return new Answer(200, json);
    }

    public static Answer created(Object json) {
        return new Answer(201, json);
    }

    public static Answer accepted(Object json) {
        return new Answer(202, json);
    }

    public static Answer list(List<ObjectNode> items, String... ranges) {
        return new Answer(200, items, List.of(ranges), Map.of(), List.of());
    }

    public Answer header(String name, String value) {
        return new Answer(status, json, ranges, Map.of(name, value), changes);
    }

    /** Tells the app's webhooks: create, update or destroy of an entity, whose data is this answer. */
    public Answer change(String entity, String action) {
        return json instanceof JsonNode data ? changes(List.of(new Change(entity, action, data))) : this;
    }

    /** Tells the app's webhooks of several entities at once. */
    public Answer changes(List<Change> told) {
        return new Answer(status, json, ranges, headers, List.copyOf(told));
    }
}
