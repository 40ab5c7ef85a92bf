package dev.celadon.contract;

import java.time.Instant;
import java.util.UUID;

/**
 * One line of an app's log.
 *
 * @param source {@code app} or {@code heroku}
 * @param process {@code web.1}, {@code router}, {@code api} …
 * @param text without its line end, at most 10,000 bytes
 */
public record LogLine(UUID appId, Instant at, String source, String process, String text) {
    public static final int MAX_TEXT_BYTES = 10_000;
}
