package dev.celadon.manifold.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.DynoState;
import dev.celadon.contract.RouterReport;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private final Drain drain = new Drain(Duration.ofSeconds(10), Duration.ofSeconds(30));
    private final Dyno dyno = retired("web.1", DynoState.UP, 7L);

    @Test
    void aDynoStopsWhenEveryRouterKnowsAndNoneWaitsForIt() {
        assertThat(isOver(5, report("a", 7))).isFalse();
        assertThat(isOver(5, report("a", 7), report("b", 6))).isFalse();
        assertThat(isOver(5, report("a", 7), report("b", 7))).isTrue();
        assertThat(isOver(5, report("a", 9), report("b", 8, dyno.id()))).isFalse();
        assertThat(isOver(5, report("a", 9), report("b", 8, UUID.randomUUID()))).isTrue();
    }

    @Test
    void aSilentRouterIsWaitedForAWhileAndARequestLonger() {
        assertThat(isOver(9, report("a", 7))).isFalse();
        assertThat(isOver(10, report("a", 7))).isTrue();
        assertThat(isOver(10, report("a", 7, dyno.id()))).isFalse();
        assertThat(isOver(29, report("a", 7, dyno.id()))).isFalse();
        assertThat(isOver(30, report("a", 7, dyno.id()))).isTrue();
    }

    @Test
    void whatNoTableWithoutItWasPublishedOfDoesNotStop() {
        assertThat(drain.isOver(retired("web.1", DynoState.UP, null), Set.of(), Map.of(), NOON.plusSeconds(99)))
                .isFalse();
    }

    @Test
    void whatGetsNoRequestsStopsAtOnce() {
        assertThat(drain.isOver(retired("worker.1", DynoState.UP, null), Set.of("a"), Map.of(), NOON))
                .isTrue();
        assertThat(drain.isOver(retired("web.1", DynoState.STARTING, null), Set.of("a"), Map.of(), NOON))
                .isTrue();
        assertThat(drain.isOver(dyno, Set.of(), Map.of(), NOON)).isTrue();
    }

    private boolean isOver(int seconds, RouterReport... reports) {
        Map<String, RouterReport> said = new HashMap<>();
        for (RouterReport report : reports) {
            said.put(report.routerId(), report);
        }
        return drain.isOver(dyno, Set.of("a", "b"), said, NOON.plusSeconds(seconds));
    }

    private static RouterReport report(String router, long revision, UUID... draining) {
        return new RouterReport(router, revision, List.of(), List.of(draining));
    }

    private static Dyno retired(String name, DynoState state, @Nullable Long revision) {
        Dyno made = Given.dyno(name, 1, state);
        return new Dyno(
                made.id(),
                made.appId(),
                name,
                1,
                "n",
                512,
                state,
                "10.0.0.2",
                5000,
                NOON,
                null,
                null,
                true,
                false,
                revision,
                NOON,
                NOON);
    }
}
