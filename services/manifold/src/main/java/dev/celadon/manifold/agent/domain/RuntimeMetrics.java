package dev.celadon.manifold.agent.domain;

import dev.celadon.container.domain.MemoryUse;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** The two lines in which a dyno's load and memory are written to its app's log. */
public final class RuntimeMetrics {
    private static final double MEGABYTE = 1 << 20;

    private RuntimeMetrics() {}

    public static List<String> lines(UUID app, UUID dyno, String name, LoadAverage load, MemoryUse use) {
        String source = "source=" + name + " dyno=heroku." + app + "." + dyno;
        String loads = String.format(
                Locale.ROOT,
                " sample#load_avg_1m=%.2f sample#load_avg_5m=%.2f sample#load_avg_15m=%.2f",
                load.one(),
                load.five(),
                load.fifteen());
        StringBuilder memory = new StringBuilder(source);
        megabytes(memory, "total", use.total());
        megabytes(memory, "rss", use.rss());
        megabytes(memory, "cache", use.cache());
        megabytes(memory, "swap", use.swap());
        use.pagesIn().ifPresent(pages -> pages(memory, "pgpgin", pages));
        use.pagesOut().ifPresent(pages -> pages(memory, "pgpgout", pages));
        return List.of(source + loads, memory.toString());
    }

    private static void megabytes(StringBuilder to, String what, long bytes) {
        to.append(String.format(Locale.ROOT, " sample#memory_%s=%.2fMB", what, bytes / MEGABYTE));
    }

    private static void pages(StringBuilder to, String what, long pages) {
        to.append(" sample#memory_").append(what).append('=').append(pages).append("pages");
    }
}
