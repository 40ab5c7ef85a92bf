package dev.celadon.logplex;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.celadon.logplex.domain.LogFilter;
import dev.celadon.runtime.Json;
import io.vertx.core.buffer.Buffer;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a log session's URL asks for, signed by the api.
 *
 * @param lines of backlog, 100 when null
 * @param expires seconds since the epoch
 * @param token that it was asked for with; null for the platform's own
 * @param after the sequence number of the last line that the reader has; null for one that begins
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SessionRequest(
        UUID app,
        @Nullable Integer lines,
        @Nullable String source,
        @Nullable String dyno,
        boolean tail,
        long expires,
        @Nullable UUID token,
        @Nullable Long after) {
    private static final int DEFAULT_LINES = 100;

    static SessionRequest decode(String base64) {
        return Json.read(Buffer.buffer(Base64.getUrlDecoder().decode(base64)), SessionRequest.class);
    }

    String encoded() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Json.write(this).getBytes());
    }

    /** The same, followed or not. */
    SessionRequest tail(boolean isTail) {
        return new SessionRequest(app, lines, source, dyno, isTail, expires, token, after);
    }

    SessionRequest after(@Nullable Long sequence) {
        return new SessionRequest(app, lines, source, dyno, tail, expires, token, sequence);
    }

    @JsonIgnore
    LogFilter filter() {
        return new LogFilter(source, dyno);
    }

    @JsonIgnore
    int backlog() {
        return lines == null ? DEFAULT_LINES : Math.max(0, lines);
    }
}
