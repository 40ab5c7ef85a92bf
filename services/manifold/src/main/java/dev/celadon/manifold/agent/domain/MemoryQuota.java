package dev.celadon.manifold.agent.domain;

import dev.celadon.container.domain.MemoryUse;
import java.util.Locale;

/** A dyno's memory quota: past it the dyno runs on and is told of (R14), past three times as much it ends (R15). */
public record MemoryQuota(int megabytes) {
    /** The stack's: how many times the quota is too much. */
    public static final int FACTOR = 3;

    private static final double MEGABYTE = 1 << 20;

    /** How a dyno stands to its quota. */
    public enum Standing {
        WITHIN,
        EXCEEDED,
        VASTLY_EXCEEDED
    }

    /** The kernel kills at three times the quota, one process only: what it killed in, has been past it. */
    public Standing of(MemoryUse use) {
        if (use.oomKills() > 0 || use.held() > bytes() * FACTOR) {
            return Standing.VASTLY_EXCEEDED;
        }
        return use.held() > bytes() ? Standing.EXCEEDED : Standing.WITHIN;
    }

    /** {@code Process running mem=1028M(200.8%)}; after the kernel killed, of the most there was before. */
    public String line(MemoryUse use) {
        long bytes = use.oomKills() > 0 ? Math.max(use.held(), use.peak().orElse(bytes() * FACTOR)) : use.held();
        double shown = Math.round(bytes / MEGABYTE);
        return String.format(Locale.ROOT, "Process running mem=%.0fM(%.1f%%)", shown, shown * 100 / megabytes);
    }

    private long bytes() {
        return (long) megabytes << 20;
    }
}
