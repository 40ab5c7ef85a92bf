package dev.celadon.manifold.agent.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.celadon.container.domain.MemoryUse;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RuntimeMetricsTest {
    private static final UUID APP = UUID.fromString("00000000-0000-0000-0000-00000000000a");
    private static final UUID DYNO = UUID.fromString("00000000-0000-0000-0000-00000000000d");

    @Test
    void loadAndMemoryAreALineEach() {
        MemoryUse use = new MemoryUse(
                21 << 20, 1 << 19, 0, 0, OptionalLong.of(348_836), OptionalLong.of(343_403), OptionalLong.empty(), 0);
        assertThat(RuntimeMetrics.lines(APP, DYNO, "web.1", new LoadAverage(0.92, 0.5, 0.25), use))
                .containsExactly(
                        "source=web.1 dyno=heroku." + APP + "." + DYNO
                                + " sample#load_avg_1m=0.92 sample#load_avg_5m=0.50 sample#load_avg_15m=0.25",
                        "source=web.1 dyno=heroku." + APP + "." + DYNO
                                + " sample#memory_total=21.50MB sample#memory_rss=21.00MB sample#memory_cache=0.50MB"
                                + " sample#memory_swap=0.00MB sample#memory_pgpgin=348836pages"
                                + " sample#memory_pgpgout=343403pages");
    }

    @Test
    void pagesAreLeftOutWhereTheKernelDoesNotCountThem() {
        MemoryUse use = new MemoryUse(0, 0, 0, 0, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), 0);
        assertThat(RuntimeMetrics.lines(APP, DYNO, "web.1", LoadAverage.NONE, use)
                        .get(1))
                .endsWith("sample#memory_swap=0.00MB");
    }

    @Test
    void theLoadOfTheLastMinuteFollowsFasterThanThatOfFifteen() {
        LoadAverage load = LoadAverage.NONE;
        for (int look = 0; look < 12; look++) {
            load = load.and(2, Duration.ofSeconds(5));
        }
        assertThat(load.one()).isCloseTo(2 * (1 - Math.exp(-1)), within(0.001));
        assertThat(load.five()).isCloseTo(2 * (1 - Math.exp(-0.2)), within(0.001));
        assertThat(load.fifteen()).isLessThan(load.five());
        assertThat(load.and(0, Duration.ofHours(10)).one()).isCloseTo(0, within(0.001));
    }
}
