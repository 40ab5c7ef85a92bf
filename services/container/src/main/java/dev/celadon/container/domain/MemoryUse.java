package dev.celadon.container.domain;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a control group's memory is used for, in bytes.
 *
 * @param rss anonymous memory
 * @param cache pages of files, shared memory among them
 * @param shared of {@code cache}, what no file backs: it cannot be given back without swap
 * @param pagesIn and out since the group was made, where the kernel counts them
 * @param peak the most that was ever charged at once, where the kernel remembers it
 * @param oomKills processes that the kernel killed because the group was at its limit
 */
public record MemoryUse(
        long rss,
        long cache,
        long shared,
        long swap,
        OptionalLong pagesIn,
        OptionalLong pagesOut,
        OptionalLong peak,
        long oomKills) {

    /** What Heroku's {@code memory_total} shows. */
    public long total() {
        return rss + cache + swap;
    }

    /** What counts against the quota: all but the pages that the kernel takes back when it needs them. */
    public long held() {
        return rss + shared + swap;
    }

    /**
     * Of cgroup version 1.
     *
     * @param stat {@code memory.stat}
     * @param oomControl {@code memory.oom_control}
     * @param maxUsage {@code memory.memsw.max_usage_in_bytes}, or {@code memory.max_usage_in_bytes}
     */
    public static MemoryUse ofVersion1(String stat, String oomControl, String maxUsage) {
        Map<String, Long> values = pairs(stat);
        return new MemoryUse(
                values.getOrDefault("total_rss", 0L),
                values.getOrDefault("total_cache", 0L),
                values.getOrDefault("total_shmem", 0L),
                values.getOrDefault("total_swap", 0L),
                optional(values, "total_pgpgin"),
                optional(values, "total_pgpgout"),
                number(maxUsage),
                pairs(oomControl).getOrDefault("oom_kill", 0L));
    }

    /**
     * Of cgroup version 2.
     *
     * @param stat {@code memory.stat}
     * @param swapCurrent {@code memory.swap.current}, empty where the kernel cannot swap
     * @param events {@code memory.events}
     * @param peak {@code memory.peak}, empty before kernel 5.19
     */
    public static MemoryUse ofVersion2(String stat, String swapCurrent, String events, String peak) {
        Map<String, Long> values = pairs(stat);
        return new MemoryUse(
                values.getOrDefault("anon", 0L),
                values.getOrDefault("file", 0L),
                values.getOrDefault("shmem", 0L),
                number(swapCurrent).orElse(0),
                optional(values, "pgpgin"),
                optional(values, "pgpgout"),
                number(peak),
                pairs(events).getOrDefault("oom_kill", 0L));
    }

    private static Map<String, Long> pairs(String text) {
        Map<String, Long> pairs = new HashMap<>();
        text.lines().forEach(line -> {
            String[] pair = line.strip().split(" ", 2);
            if (pair.length == 2) {
                number(pair[1]).ifPresent(value -> pairs.put(pair[0], value));
            }
        });
        return pairs;
    }

    private static OptionalLong optional(Map<String, Long> values, String name) {
        Long value = values.get(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static OptionalLong number(String text) {
        String digits = text.strip();
        return digits.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
    }
}
