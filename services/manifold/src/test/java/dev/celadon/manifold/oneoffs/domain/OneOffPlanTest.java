package dev.celadon.manifold.oneoffs.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.DynoState;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OneOffPlanTest {
    private final UUID id = UUID.randomUUID();

    @Test
    void aWishIsOrderedOnceAlsoAfterItEnded() {
        assertThat(plan(List.of(wish(false)), Set.of(), List.of(), Set.of()).starts())
                .extracting(Wish::id)
                .containsExactly(id);
        assertNothing(plan(List.of(wish(false)), Set.of(id), List.of(), Set.of()));
        assertNothing(plan(List.of(wish(false)), Set.of(id), List.of(running(DynoState.UP)), Set.of()));
    }

    @Test
    void whatIsStoppedBeforeItWasOrderedNeverStarts() {
        OneOffPlan plan = plan(List.of(wish(true)), Set.of(), List.of(), Set.of());
        assertThat(plan.starts()).isEmpty();
        assertThat(plan.neverStarted()).extracting(Wish::id).containsExactly(id);
    }

    @Test
    void aStopIsOrderedUntilTheNodeSaysThatItStops() {
        for (DynoState state : List.of(DynoState.CREATED, DynoState.STARTING, DynoState.UP)) {
            assertThat(plan(List.of(wish(true)), Set.of(id), List.of(running(state)), Set.of())
                            .stops())
                    .hasSize(1);
        }
        assertNothing(plan(List.of(wish(true)), Set.of(id), List.of(running(DynoState.STOPPING)), Set.of()));
    }

    @Test
    void whoseAppIsGoneStops() {
        assertThat(plan(List.of(), Set.of(), List.of(running(DynoState.UP)), Set.of())
                        .stops())
                .hasSize(1);
    }

    @Test
    void whatIsOnASilentNodeIsLostAndNotRunAgain() {
        OneOffPlan plan = plan(List.of(wish(false)), Set.of(id), List.of(running(DynoState.UP)), Set.of("n-1"));
        assertThat(plan.lost()).hasSize(1);
        assertThat(plan.starts()).isEmpty();
        assertThat(plan.stops()).isEmpty();
    }

    private static OneOffPlan plan(List<Wish> wishes, Set<UUID> known, List<OneOff> running, Set<String> silent) {
        return OneOffPlan.of(wishes, known, running, silent);
    }

    private static void assertNothing(OneOffPlan plan) {
        assertThat(plan).isEqualTo(new OneOffPlan(List.of(), List.of(), List.of(), List.of()));
    }

    private Wish wish(boolean isToStop) {
        return new Wish(
                id, UUID.randomUUID(), "app", "run.1", 2, "slug", "bash", "cedar", 512, false, isToStop, null, null);
    }

    private OneOff running(DynoState state) {
        return new OneOff(id, UUID.randomUUID(), "run.1", "n-1", 512, state);
    }
}
