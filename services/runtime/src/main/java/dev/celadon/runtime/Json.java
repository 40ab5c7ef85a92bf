package dev.celadon.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/** Records to JSON and back. Unknown fields are ignored, so two versions of the platform can talk to each other. */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    /** The shared mapper, for trees and streams; it is immutable once built. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    public static Buffer write(Object value) {
        try {
            return Buffer.buffer(MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException unserialisable) {
            throw new IllegalArgumentException(unserialisable);
        }
    }

    /** @throws IllegalArgumentException when the bytes are not JSON of that type */
    public static <T> T read(Buffer json, Class<T> type) {
        try {
            return MAPPER.readValue(json.getBytes(), type);
        } catch (IOException malformed) {
            throw new IllegalArgumentException("not a " + type.getSimpleName() + ": " + malformed.getMessage());
        }
    }
}
