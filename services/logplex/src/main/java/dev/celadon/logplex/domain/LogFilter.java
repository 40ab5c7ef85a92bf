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
    public static final LogFilter EVERYTHING = new LogFilter(null, null);

    public boolean accepts(LogLine line) {
        return (source == null || source.equals(line.source())) && (dyno == null || isOf(line.process(), dyno));
    }

    private static boolean isOf(String process, String dyno) {
        return process.equals(dyno) || (dyno.indexOf('.') < 0 && process.startsWith(dyno + "."));
    }
}
