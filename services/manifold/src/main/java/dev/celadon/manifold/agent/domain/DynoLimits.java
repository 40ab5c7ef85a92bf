package dev.celadon.manifold.agent.domain;

import dev.celadon.container.ContainerSpec;

/** What a dyno of some size may take of its host; a size is known by its memory. */
public final class DynoLimits {
    /** The smallest size's weight; the others' are multiples of it. */
    private static final int SHARES = 256;

    private DynoLimits() {}

    public static ContainerSpec.Limits of(int memoryMb) {
        int most = memoryMb * MemoryQuota.FACTOR;
        if (memoryMb <= 512) {
            return new ContainerSpec.Limits(memoryMb, most, SHARES, 256);
        }
        if (memoryMb <= 1_024) {
            return new ContainerSpec.Limits(memoryMb, most, SHARES * 2, 512);
        }
        if (memoryMb <= 2_560) {
            return new ContainerSpec.Limits(memoryMb, most, SHARES * 12, 16_384);
        }
        return new ContainerSpec.Limits(memoryMb, most, SHARES * 50, 32_768);
    }
}
