package dev.celadon.manifold;

import dev.celadon.runtime.Environment;
import java.time.Duration;

/**
 * How the memory of a node's dynos is watched.
 *
 * @param look between looks at all of them
 * @param sample between lines about one of them
 * @param throttlePercent of one processor, for a dyno past its quota on a host that cannot swap
 */
public record MemorySettings(Duration look, Duration sample, int throttlePercent) {
    public static MemorySettings from(Environment environment) {
        return new MemorySettings(
                environment.duration("CELADON_MEMORY_LOOK", "5s", "between looks at the memory of a node's dynos"),
                environment.duration(
                        "CELADON_MEMORY_SAMPLE",
                        "20s",
                        "between a dyno's lines about its memory (R14, runtime metrics)"),
                environment.integer(
                        "CELADON_MEMORY_THROTTLE",
                        50,
                        1,
                        100,
                        "percent of one processor for a dyno past its memory quota, where the host has no swap"));
    }
}
