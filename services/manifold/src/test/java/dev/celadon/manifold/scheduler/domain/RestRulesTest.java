package dev.celadon.manifold.scheduler.domain;

import static dev.celadon.manifold.scheduler.domain.Given.dyno;
import static dev.celadon.manifold.scheduler.domain.Given.replaced;
import static dev.celadon.manifold.scheduler.domain.Given.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.DynoState;
import dev.celadon.manifold.scheduler.domain.CrashPolicy.Crashes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When dynos idle, are replaced, and when a release is taken back. */
class RestRulesTest {
    private static final Instant START = Instant.EPOCH;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration JITTER = Duration.ofMinutes(216);

    private final Idling idling = new Idling(HOUR);
    private final Cycling cycling = new Cycling(DAY, JITTER);
    private final SoonCrash soonCrash = new SoonCrash(Duration.ofMinutes(2));

    @Test
    void theOnlyWebDynoIdlesAfterAnHourWithoutARequest() {
        List<Dyno> web = List.of(dyno("web.1", 1, DynoState.UP));
        assertThat(idling.due(
                        wanted(1, 1, 3), web, Optional.empty(), START.plus(HOUR).minusMillis(1)))
                .isEmpty();
        assertThat(idling.due(wanted(1, 1, 3), web, Optional.empty(), START.plus(HOUR)))
                .contains(web.get(0));
        Optional<Instant> request = Optional.of(START.plusSeconds(1_000));
        assertThat(idling.due(wanted(1, 1, 3), web, request, START.plus(HOUR))).isEmpty();
        assertThat(idling.due(wanted(1, 1, 3), web, request, START.plus(HOUR).plusSeconds(1_000)))
                .isPresent();
    }

    @Test
    void nothingElseIdles() {
        Instant late = START.plus(DAY);
        Dyno up = dyno("web.1", 1, DynoState.UP);
        assertThat(idling.due(wanted(1, 2, 0), List.of(up), Optional.empty(), late))
                .isEmpty();
        assertThat(idling.due(wanted(1, 0, 1), List.of(dyno("worker.1", 1, DynoState.UP)), Optional.empty(), late))
                .isEmpty();
        assertThat(idling.due(wanted(2, 1, 0), List.of(up), Optional.empty(), late))
                .isEmpty();
        assertThat(idling.due(wanted(1, 1, 0), List.of(replaced(up)), Optional.empty(), late))
                .isEmpty();
        assertThat(idling.due(
                        wanted(1, 1, 0), List.of(up, dyno("web.1", 1, DynoState.CRASHED)), Optional.empty(), late))
                .isEmpty();
        assertThat(idling.due(wanted(1, 1, 0), List.of(dyno("web.1", 1, DynoState.STARTING)), Optional.empty(), late))
                .isEmpty();
        assertThat(new Idling(Duration.ZERO).due(wanted(1, 1, 0), List.of(up), Optional.empty(), late))
                .isEmpty();
    }

    @Test
    void everyDynoIsDueWithinTheJitterAndAtItsOwnMoment() {
        List<Instant> due = new ArrayList<>();
        IntStream.range(0, 500).forEach(i -> due.add(cycling.dueAt(dyno("web.1", 1, DynoState.UP))));
        assertThat(due)
                .allSatisfy(at -> assertThat(at)
                        .isBetween(START.plus(DAY), START.plus(DAY).plus(JITTER)));
        assertThat(due.stream().distinct().count()).isGreaterThan(490);
    }

    @Test
    void oneOfATypeIsReplacedAtATime() {
        Instant late = START.plus(DAY).plus(JITTER);
        Dyno one = dyno("web.1", 1, DynoState.UP);
        Dyno two = dyno("web.2", 1, DynoState.UP);
        Dyno worker = dyno("worker.1", 1, DynoState.UP);
        assertThat(cycling.due(List.of(one, two, worker), late)).containsExactly(one, worker);
        assertThat(cycling.due(List.of(replaced(one), two), late)).isEmpty();
        assertThat(cycling.due(List.of(one, dyno("web.2", 1, DynoState.CRASHED)), late))
                .isEmpty();
        assertThat(cycling.due(List.of(one), START.plus(DAY).minusMillis(1))).isEmpty();
        assertThat(new Cycling(Duration.ZERO, JITTER).due(List.of(one), late)).isEmpty();
    }

    @Test
    void aReleaseIsTakenBackWhenItsDynosCrashTwiceSoonAfterItWentLive() {
        Rollout rollout = new Rollout(2, Rollout.State.LIVE, 2, 1, START);
        List<Dyno> crashed = List.of(dyno("web.1", 2, DynoState.CRASHED));
        assertThat(reason(rollout, crashed, 1, 10)).isEmpty();
        assertThat(reason(rollout, crashed, 2, 10)).contains("web.1 crashed twice within 120 seconds");
        assertThat(reason(rollout, crashed, 2, 120)).isEmpty();
        assertThat(reason(rollout, List.of(crashed.get(0), dyno("web.2", 2, DynoState.UP)), 2, 10))
                .isEmpty();
        assertThat(reason(new Rollout(2, Rollout.State.LIVE, 2, null, START), crashed, 2, 10))
                .isEmpty();
        assertThat(reason(new Rollout(2, Rollout.State.CRASHED, 2, 1, START), crashed, 2, 10))
                .isEmpty();
        assertThat(new SoonCrash(Duration.ZERO)
                        .reason(wanted(2, 1, 0), rollout, crashed, name -> new Crashes(2, START), START))
                .isEmpty();
    }

    private Optional<String> reason(Rollout rollout, List<Dyno> dynos, int crashes, long seconds) {
        return soonCrash.reason(
                wanted(2, 2, 0),
                rollout,
                dynos,
                name -> name.equals("web.1") ? new Crashes(crashes, START) : Crashes.NONE,
                START.plusSeconds(seconds));
    }
}
