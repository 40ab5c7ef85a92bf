package dev.celadon.manifold.scheduler.domain;

import static dev.celadon.contract.DynoState.CRASHED;
import static dev.celadon.contract.DynoState.STARTING;
import static dev.celadon.contract.DynoState.UP;
import static dev.celadon.manifold.scheduler.domain.Given.caused;
import static dev.celadon.manifold.scheduler.domain.Given.dyno;
import static dev.celadon.manifold.scheduler.domain.Given.failed;
import static dev.celadon.manifold.scheduler.domain.Given.first;
import static dev.celadon.manifold.scheduler.domain.Given.live;
import static dev.celadon.manifold.scheduler.domain.Given.replaced;
import static dev.celadon.manifold.scheduler.domain.Given.rolling;
import static dev.celadon.manifold.scheduler.domain.Given.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.manifold.scheduler.domain.Convergence.Situation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConvergenceTest {
    @Test
    void anEmptyAppStartsWhatItWants() {
        assertThat(plan(first(wanted(2, 2, 1)), List.of()))
                .containsExactly("start web.1 v2", "start web.2 v2", "start worker.1 v2");
    }

    @Test
    void theFirstReleaseIsLiveWhenItsWebDynosAreUp() {
        Dyno up = dyno("web.1", 2, UP);
        assertThat(plan(first(wanted(2, 1, 0)), List.of(up))).containsExactly("live");
        assertThat(plan(first(wanted(2, 2, 0)), List.of(up, dyno("web.2", 2, STARTING))))
                .isEmpty();
    }

    @Test
    void aNewReleaseStartsItsWebDynosWhileTheStandingOneIsKeptWhole() {
        List<Dyno> old = List.of(dyno("web.1", 1, UP), dyno("worker.1", 1, UP));
        assertThat(plan(rolling(wanted(2, 1, 1), wanted(1, 1, 1)), old)).containsExactly("start web.1 v2");
        assertThat(plan(
                        rolling(wanted(2, 1, 1), wanted(1, 1, 1)),
                        List.of(old.get(0), old.get(1), dyno("web.1", 2, STARTING))))
                .isEmpty();
        assertThat(plan(
                        rolling(wanted(2, 1, 1), wanted(1, 1, 1)),
                        List.of(old.get(0), old.get(1), dyno("web.1", 2, UP))))
                .containsExactly("live", "start worker.1 v2", "retire web.1 v1", "retire worker.1 v1");
    }

    @Test
    void anOldDynoThatCrashesWhileTheNewReleaseComesUpIsRestarted() {
        List<Dyno> dynos = List.of(dyno("web.2", 1, UP), dyno("web.1", 1, CRASHED), dyno("web.1", 2, STARTING));
        assertThat(plan(rolling(wanted(2, 2, 0), wanted(1, 2, 0)), dynos))
                .containsExactly("start web.1 v1", "start web.2 v2");
    }

    @Test
    void aReleaseWithoutWebReplacesAtOnce() {
        Dyno old = dyno("worker.1", 1, UP);
        assertThat(plan(rolling(wanted(2, 0, 1), wanted(1, 0, 1)), List.of(old)))
                .containsExactly("live", "start worker.1 v2", "retire worker.1 v1");
    }

    @Test
    void aReleaseThatCrashesBeforeItIsUpFailsAndTheOldOneServesOn() {
        Dyno old = dyno("web.1", 1, UP);
        Dyno crashed = dyno("web.1", 2, CRASHED);
        assertThat(plan(rolling(wanted(2, 1, 0), wanted(1, 1, 0)), List.of(old, crashed)))
                .containsExactly("fail web.1 exited with status 1", "forget web.1 v2");
        assertThat(plan(rolling(wanted(2, 1, 0), wanted(1, 1, 0)), List.of(old, caused(crashed, "R10"))))
                .contains("fail web.1 did not bind $PORT in time (R10)");
        assertThat(plan(rolling(wanted(2, 1, 0), wanted(1, 1, 0)), List.of(old, caused(crashed, "R17"))))
                .contains("fail web.1 did not start (R17)");
    }

    @Test
    void whatThePlatformCouldNotDoIsTriedAgainBeforeItFailsARelease() {
        Dyno old = dyno("web.1", 1, UP);
        Dyno platforms = caused(dyno("web.1", 2, CRASHED), "R99");
        Situation situation = rolling(wanted(2, 1, 0), wanted(1, 1, 0));
        assertThat(plan(situation, List.of(old, platforms))).containsExactly("start web.1 v2");
        Situation again = new Situation(
                situation.wanted(), situation.standing(), false, false, 0, Set.of(), (version, name) -> version == 1);
        assertThat(plan(again, List.of(old, platforms))).contains("fail web.1 did not start (R99)");
    }

    @Test
    void underAFailedReleaseTheStandingOneIsScaledAndRestarted() {
        List<Dyno> dynos = List.of(dyno("web.1", 1, CRASHED), dyno("web.2", 2, UP), dyno("worker.1", 1, UP));
        assertThat(plan(failed(wanted(2, 2, 1), wanted(1, 2, 1)), dynos))
                .containsExactly("start web.1 v1", "start web.2 v1", "retire web.2 v2");
    }

    @Test
    void scalingDownRetiresTheHighestNumbers() {
        List<Dyno> three = List.of(dyno("web.1", 1, UP), dyno("web.2", 1, UP), dyno("web.3", 1, UP));
        assertThat(plan(live(wanted(1, 1, 0)), three)).containsExactly("retire web.2 v1", "retire web.3 v1");
        assertThat(plan(live(wanted(1, 0, 0)), three))
                .containsExactly("retire web.1 v1", "retire web.2 v1", "retire web.3 v1");
        assertThat(plan(live(wanted(1, 0, 0)), List.of(dyno("web.1", 1, CRASHED))))
                .containsExactly("forget web.1 v1");
    }

    @Test
    void aCrashedDynoStartsAgainOnlyWhenItMay() {
        Dyno crashed = dyno("web.1", 1, CRASHED);
        Situation cooling =
                new Situation(wanted(1, 1, 0), Optional.empty(), true, false, 0, Set.of(), (version, name) -> false);
        assertThat(plan(cooling, List.of(crashed))).isEmpty();
        assertThat(plan(live(wanted(1, 1, 0)), List.of(crashed))).containsExactly("start web.1 v1");
    }

    @Test
    void aRestartedWebDynoServesUntilItsSuccessorIsUpAndAWorkerGoesAtOnce() {
        Dyno web = replaced(dyno("web.1", 1, UP));
        Dyno worker = replaced(dyno("worker.1", 1, UP));
        assertThat(plan(live(wanted(1, 1, 1)), List.of(web, worker)))
                .containsExactly("start web.1 v1", "retire worker.1 v1", "start worker.1 v1");
        assertThat(plan(live(wanted(1, 1, 0)), List.of(web, dyno("web.1", 1, CRASHED))))
                .containsExactly("start web.1 v1");
        assertThat(plan(live(wanted(1, 1, 0)), List.of(web, dyno("web.1", 1, UP))))
                .containsExactly("retire web.1 v1");
    }

    @Test
    void anotherSizeIsARestart() {
        Dyno small = dyno("web.1", 1, UP, true, false, 256, null, Instant.EPOCH);
        assertThat(plan(live(wanted(1, 1, 0)), List.of(small))).containsExactly("replace web.1", "start web.1 v1");
    }

    @Test
    void aTypeThatVanishedFromTheProcfileIsRetired() {
        assertThat(plan(live(wanted(1, 0, 0)), List.of(dyno("clock.1", 1, UP)))).containsExactly("retire clock.1 v1");
    }

    @Test
    void anIdleAppHasNoWebDynoButItsWorkers() {
        Situation idle =
                new Situation(wanted(1, 1, 1), Optional.empty(), true, false, 1, Set.of(), (version, name) -> true);
        assertThat(plan(idle, List.of(dyno("web.1", 1, UP)))).containsExactly("retire web.1 v1", "start worker.1 v1");
    }

    @Test
    void aReleaseThatFindsRoomForSomeOfItsWebDynosGoesLiveWithThem() {
        List<Dyno> dynos = List.of(dyno("web.1", 1, UP), dyno("web.2", 1, UP), dyno("web.1", 2, UP));
        Situation rolling = rolling(wanted(2, 2, 0), wanted(1, 2, 0));
        assertThat(plan(rolling, dynos)).containsExactly("start web.2 v2");
        Situation full = new Situation(
                rolling.wanted(), rolling.standing(), false, false, 0, Set.of("web.2"), (version, name) -> true);
        assertThat(plan(full, dynos)).containsExactly("live", "start web.2 v2", "retire web.1 v1", "retire web.2 v1");
    }

    private static List<String> plan(Situation situation, List<Dyno> dynos) {
        return Given.words(Convergence.plan(situation, dynos));
    }
}
