package dev.celadon.container.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Both layouts of the kernel's memory files. */
class MemoryUseTest {
    private static final long MEGABYTE = 1 << 20;

    @Test
    void version1IsReadWithEverythingBelowTheGroup() throws Exception {
        MemoryUse use = MemoryUse.ofVersion1(sample("v1-memory.stat"), sample("v1-memory.oom_control"), "1610612736\n");
        assertThat(use.rss()).isEqualTo(512 * MEGABYTE);
        assertThat(use.cache()).isEqualTo(4 * MEGABYTE);
        assertThat(use.swap()).isEqualTo(200 * MEGABYTE);
        assertThat(use.pagesIn()).hasValue(348_836);
        assertThat(use.pagesOut()).hasValue(343_403);
        assertThat(use.peak()).hasValue(1_536 * MEGABYTE);
        assertThat(use.oomKills()).isEqualTo(2);
    }

    @Test
    void version2IsRead() throws Exception {
        MemoryUse use = MemoryUse.ofVersion2(
                sample("v2-memory.stat"), "209715200\n", sample("v2-memory.events"), "1610612736\n");
        assertThat(use.rss()).isEqualTo(512 * MEGABYTE);
        assertThat(use.cache()).isEqualTo(4 * MEGABYTE);
        assertThat(use.swap()).isEqualTo(200 * MEGABYTE);
        assertThat(use.pagesIn()).isEmpty();
        assertThat(use.peak()).hasValue(1_536 * MEGABYTE);
        assertThat(use.oomKills()).isEqualTo(3);
    }

    @Test
    void cacheCountsInTheTotalButIsNotHeldAgainstTheQuotaUnlessItIsSharedMemory() throws Exception {
        MemoryUse use = MemoryUse.ofVersion2(sample("v2-memory.stat"), "209715200", sample("v2-memory.events"), "");
        assertThat(use.total()).isEqualTo(716 * MEGABYTE);
        assertThat(use.held()).isEqualTo(713 * MEGABYTE);
    }

    @Test
    void whatAKernelDoesNotKnowCountsAsNothing() {
        MemoryUse none = MemoryUse.ofVersion2("anon 7\nfuture max\n\n", "", "low 0\n", "max");
        assertThat(none.rss()).isEqualTo(7);
        assertThat(none.total()).isEqualTo(7);
        assertThat(none.peak()).isEmpty();
        assertThat(none.oomKills()).isZero();
        assertThat(MemoryUse.ofVersion1("", "", "").total()).isZero();
    }

    private static String sample(String name) throws IOException {
        try (InputStream file = MemoryUseTest.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
