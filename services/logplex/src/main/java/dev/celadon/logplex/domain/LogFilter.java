package dev.celadon.logplex.domain;

import dev.celadon.contract.LogLine;
import org.jspecify.annotations.Nullable;

/**
 * Which lines a session shows.
 *
 * @param source {@code app} or {@code heroku}; null for both
 * @param dyno {@code web.1} or a whole type {@code web}; null for all
 */
public record LogFilter(@Nullable String source, @Nullable String dyno) {
    public boolean accepts(LogLine line) {
        return (source == null || source.equals(line.source()))
                && (dyno == null
                        || dyno.equals(line.process())
                        || line.process().startsWith(dyno + "."));
    }
}
