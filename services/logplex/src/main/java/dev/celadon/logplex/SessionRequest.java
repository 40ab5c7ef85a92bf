package dev.celadon.logplex;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.celadon.logplex.domain.LogFilter;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a log session's URL asks for, signed by the api.
 *
 * @param lines of backlog, 100 when null
 * @param expires seconds since the epoch
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SessionRequest(
        UUID app,
        @Nullable Integer lines,
        @Nullable String source,
        @Nullable String dyno,
        boolean tail,
        long expires) {
    private static final int DEFAULT_LINES = 100;

    /** The same on a WebSocket, which always follows. */
    SessionRequest following() {
        return new SessionRequest(app, lines, source, dyno, true, expires);
    }

    LogFilter filter() {
        return new LogFilter(source, dyno);
    }

    int backlog() {
        return lines == null ? DEFAULT_LINES : Math.max(0, lines);
    }
}
