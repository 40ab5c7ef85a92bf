package dev.celadon.manifold.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.DynoState;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ConvergenceTest {
    private static final UUID APP = UUID.randomUUID();

    @Test
    void anEmptyAppStartsWhatItWants() {
        assertThat(plan(wanted(2, 2, 1), List.of())).containsExactly("start web.1", "start web.2", "start worker.1");
    }

    @Test
    void aNewReleaseStartsItsWebDynosBeforeItRetiresTheOldOnes() {
        Dyno old = dyno("web.1", 1, DynoState.UP);
        assertThat(plan(wanted(2, 1, 0), List.of(old))).containsExactly("start web.1");
        Dyno starting = dyno("web.1", 2, DynoState.STARTING);
        assertThat(plan(wanted(2, 1, 0), List.of(old, starting))).isEmpty();
        Dyno up = dyno("web.1", 2, DynoState.UP);
        assertThat(plan(wanted(2, 1, 0), List.of(old, up))).containsExactly("retire web.1 v1");
    }

    @Test
    void workersAreReplacedWithoutWaiting() {
        Dyno old = dyno("worker.1", 1, DynoState.UP);
        assertThat(plan(wanted(2, 0, 1), List.of(old))).containsExactly("start worker.1", "retire worker.1 v1");
    }

    @Test
    void aReleaseThatCrashesBeforeItIsUpFailsAndTheOldOneServesOn() {
        Dyno old = dyno("web.1", 1, DynoState.UP);
        Dyno crashed = dyno("web.1", 2, DynoState.CRASHED);
        assertThat(plan(wanted(2, 1, 0), List.of(old, crashed))).containsExactly("fail web.1 exited with status 1");
        assertThat(names(Convergence.plan(wanted(2, 1, 0), List.of(old, crashed), true, name -> true)))
                .isEmpty();
    }

    @Test
    void scalingDownRetiresTheHighestNumbers() {
        List<Dyno> three =
                List.of(dyno("web.1", 1, DynoState.UP), dyno("web.2", 1, DynoState.UP), dyno("web.3", 1, DynoState.UP));
        assertThat(plan(wanted(1, 1, 0), three)).containsExactly("retire web.2 v1", "retire web.3 v1");
        assertThat(plan(wanted(1, 0, 0), three))
                .containsExactly("retire web.1 v1", "retire web.2 v1", "retire web.3 v1");
    }

    @Test
    void aCrashedDynoStartsAgainOnlyWhenItMay() {
        Dyno crashed = dyno("web.1", 1, DynoState.CRASHED);
        assertThat(names(Convergence.plan(wanted(1, 1, 0), List.of(crashed), false, name -> false)))
                .isEmpty();
        assertThat(plan(wanted(1, 1, 0), List.of(crashed))).containsExactly("start web.1");
    }

    @Test
    void aTypeThatVanishedFromTheProcfileIsRetired() {
        assertThat(plan(wanted(1, 0, 0), List.of(dyno("clock.1", 1, DynoState.UP))))
                .containsExactly("retire clock.1 v1");
    }

    private static List<String> plan(Wanted wanted, List<Dyno> dynos) {
        return names(Convergence.plan(wanted, dynos, false, name -> true));
    }

    private static List<String> names(List<Action> actions) {
        return actions.stream()
                .map(action -> {
                    if (action instanceof Action.Start start) {
                        return "start " + start.name();
                    }
                    if (action instanceof Action.Retire retire) {
                        return "retire " + retire.dyno().name() + " v"
                                + retire.dyno().version();
                    }
                    return "fail " + ((Action.Fail) action).reason();
                })
                .toList();
    }

    private static Wanted wanted(int version, int web, int worker) {
        return new Wanted(
                APP,
                "app",
                UUID.randomUUID(),
                version,
                "sha",
                "commit",
                "cedar",
                List.of(new Wanted.Type("web", "w", web, 512, 60), new Wanted.Type("worker", "k", worker, 512, 60)));
    }

    private static Dyno dyno(String name, int version, DynoState state) {
        return new Dyno(
                UUID.randomUUID(),
                APP,
                name,
                version,
                "n",
                512,
                state,
                "10.0.0.2",
                5000,
                Instant.EPOCH,
                null,
                state == DynoState.CRASHED ? 1 : null,
                state == DynoState.UP,
                false,
                null,
                null,
                Instant.EPOCH);
    }
}
