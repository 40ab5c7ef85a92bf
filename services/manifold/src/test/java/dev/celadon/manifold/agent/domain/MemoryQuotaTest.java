package dev.celadon.manifold.agent.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.container.domain.MemoryUse;
import dev.celadon.manifold.agent.domain.MemoryQuota.Standing;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MemoryQuotaTest {
    private static final MemoryQuota QUOTA = new MemoryQuota(512);

    @Test
    void pastTheQuotaADynoIsToldOfAndOnlyPastThreeTimesItDoesItEnd() {
        assertThat(QUOTA.of(use(512, 0))).isEqualTo(Standing.WITHIN);
        assertThat(QUOTA.of(use(513, 0))).isEqualTo(Standing.EXCEEDED);
        assertThat(QUOTA.of(use(1_400, 0))).isEqualTo(Standing.EXCEEDED);
        assertThat(QUOTA.of(use(1_536, 0))).isEqualTo(Standing.EXCEEDED);
        assertThat(QUOTA.of(use(1_537, 0))).isEqualTo(Standing.VASTLY_EXCEEDED);
    }

    @Test
    void swapCountsAndCacheDoesNot() {
        assertThat(QUOTA.of(new MemoryUse(mb(500), mb(900), 0, 0, none(), none(), none(), 0)))
                .isEqualTo(Standing.WITHIN);
        assertThat(QUOTA.of(new MemoryUse(mb(500), mb(20), mb(20), 0, none(), none(), none(), 0)))
                .isEqualTo(Standing.EXCEEDED);
        assertThat(QUOTA.of(new MemoryUse(mb(500), 0, 0, mb(1_100), none(), none(), none(), 0)))
                .isEqualTo(Standing.VASTLY_EXCEEDED);
    }

    @Test
    void aProcessKilledByTheKernelMeansItsDynoWasVastlyPastTheQuota() {
        assertThat(QUOTA.of(use(20, 1))).isEqualTo(Standing.VASTLY_EXCEEDED);
        assertThat(QUOTA.line(use(20, 1))).isEqualTo("Process running mem=1536M(300.0%)");
    }

    @Test
    void theLineHasWholeMegabytesAndTheShareOfTheQuota() {
        assertThat(QUOTA.line(use(700, 0))).isEqualTo("Process running mem=700M(136.7%)");
        assertThat(QUOTA.line(use(1_028, 0))).isEqualTo("Process running mem=1028M(200.8%)");
        assertThat(new MemoryQuota(1_024).line(use(1_100, 0))).isEqualTo("Process running mem=1100M(107.4%)");
    }

    @Test
    void aDynosSizeSaysWhatItMayTake() {
        assertThat(DynoLimits.of(512).processes()).isEqualTo(256);
        assertThat(DynoLimits.of(1_024).processes()).isEqualTo(512);
        assertThat(DynoLimits.of(512).memoryMaxMb()).isEqualTo(1_536);
        assertThat(DynoLimits.of(1_024).cpuShares())
                .isEqualTo(2 * DynoLimits.of(512).cpuShares());
        assertThat(DynoLimits.of(14_336).processes()).isEqualTo(32_768);
    }

    private static MemoryUse use(int megabytes, int oomKills) {
        return new MemoryUse(mb(megabytes), 0, 0, 0, none(), none(), none(), oomKills);
    }

    private static long mb(int megabytes) {
        return (long) megabytes << 20;
    }

    private static OptionalLong none() {
        return OptionalLong.empty();
    }
}
