package dev.celadon.api.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The pieces every resource's JSON is made of. */
public final class Representation {
    private Representation() {}

    public static ObjectNode object() {
        return Json.mapper().createObjectNode();
    }

    /** {@code {"id":…,"name":…}}. */
    public static ObjectNode named(UUID id, String name) {
        return object().put("id", id.toString()).put("name", name);
    }

    public static ObjectNode identified(UUID id) {
        return object().put("id", id.toString());
    }

    /** {@code {"id":…,"email":…}}; the account may be gone. */
    public static ObjectNode user(@Nullable UUID id, @Nullable String email) {
        return object().put("id", (id == null ? Caller.NOBODY : id).toString())
                .put("email", email == null ? "" : email);
    }

    /** In whole seconds of UTC, or null. */
    public static @Nullable String time(@Nullable OffsetDateTime time) {
        return time == null
                ? null
                : time.toInstant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The id of something that has a name only, the same on every node and for ever. */
    public static UUID idOf(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }
}
