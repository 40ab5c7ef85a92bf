package dev.celadon.manifold.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.DynoState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One app through random releases, scales, crashes, boots and restarts, planned again and again. */
class RandomConvergenceTest {
    private static final int STEPS = 600;

    private final Map<Integer, Boolean> comesUp = new HashMap<>();
    private final List<Dyno> dynos = new ArrayList<>();
    private int version = 1;
    private int web = 1;
    private int worker;
    private @Nullable Integer live;
    private @Nullable Integer failed;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatServesServesOnAndEverythingIsReachedInTheEnd(long seed) {
        Random random = new Random(seed);
        comesUp.put(1, true);
        settle();
        for (int step = 0; step < STEPS; step++) {
            int before = serving();
            boolean isDisturbed = disturb(random);
            pass();
            if (!isDisturbed && before > 0 && web > 0) {
                assertThat(serving()).as("step " + step).isPositive();
            }
            assertThat(doubles()).isEmpty();
            if (random.nextBoolean()) {
                boot();
            }
        }
        settle();
        // A release without web dynos is live at once, whether web dynos of it would come up or not.
        int expected = isGood(version) || live == null || live == version ? version : live;
        assertThat(names(DynoState.UP)).isEqualTo(wantedNames(expected));
    }

    @Test
    void aPlanThatWasCarriedOutAsksForNothingMore() {
        comesUp.put(1, true);
        web = 3;
        worker = 2;
        settle();
        assertThat(Convergence.plan(situation(), dynos)).isEmpty();
    }

    /** Whether dynos ended by themselves, so that nobody can serve on. */
    private boolean disturb(Random random) {
        switch (random.nextInt(8)) {
            case 0 -> {
                version++;
                comesUp.put(version, random.nextInt(3) > 0);
            }
            case 1 -> web = random.nextInt(4);
            case 2 -> worker = random.nextInt(3);
            case 3 -> dynos.replaceAll(dyno -> dyno.isServing() && random.nextBoolean() ? Given.replaced(dyno) : dyno);
            case 4 -> {
                dynos.replaceAll(dyno -> dyno.state() == DynoState.UP && random.nextInt(3) == 0
                        ? Given.dyno(
                                dyno.name(), dyno.version(), DynoState.CRASHED, true, false, 512, null, Instant.EPOCH)
                        : dyno);
                return true;
            }
            default -> boot();
        }
        return false;
    }

    private void pass() {
        for (Action action : Convergence.plan(situation(), List.copyOf(dynos))) {
            if (action instanceof Action.Start start) {
                int release = start.release().version();
                dynos.removeIf(dyno -> dyno.state() == DynoState.CRASHED
                        && dyno.version() == release
                        && dyno.name().equals(start.name()));
                dynos.add(Given.dyno(start.name(), release, DynoState.STARTING));
            } else if (action instanceof Action.Retire retire) {
                dynos.remove(retire.dyno());
            } else if (action instanceof Action.Forget forget) {
                dynos.remove(forget.dyno());
            } else if (action instanceof Action.Replace replace) {
                dynos.set(dynos.indexOf(replace.dyno()), Given.replaced(replace.dyno()));
            } else if (action instanceof Action.GoLive) {
                live = version;
            } else if (action instanceof Action.Fail) {
                failed = version;
            }
        }
    }

    private Convergence.Situation situation() {
        boolean isLive = live != null && live == version;
        Optional<Wanted> standing =
                live == null || isLive ? Optional.empty() : Optional.of(Given.wanted(live, web, worker));
        return new Convergence.Situation(
                Given.wanted(version, web, worker),
                standing,
                isLive,
                failed != null && failed == version,
                0,
                Set.of(),
                (release, name) -> true);
    }

    private void boot() {
        dynos.replaceAll(dyno -> {
            if (dyno.state() != DynoState.STARTING) {
                return dyno;
            }
            boolean isUp = isGood(dyno.version()) || !dyno.isWeb();
            Dyno booted = Given.dyno(dyno.name(), dyno.version(), isUp ? DynoState.UP : DynoState.CRASHED);
            return dyno.isReplaced() && isUp ? Given.replaced(booted) : booted;
        });
    }

    private void settle() {
        for (int i = 0; i < 12; i++) {
            pass();
            boot();
        }
        pass();
    }

    private boolean isGood(int release) {
        return Boolean.TRUE.equals(comesUp.get(release));
    }

    private int serving() {
        return (int) dynos.stream()
                .filter(dyno -> dyno.isWeb() && dyno.isServing() && dyno.state() == DynoState.UP)
                .count();
    }

    private List<String> doubles() {
        Set<String> seen = new HashSet<>();
        return dynos.stream()
                .filter(dyno -> dyno.isServing() && !dyno.isReplaced())
                .map(dyno -> dyno.name() + " v" + dyno.version())
                .filter(name -> !seen.add(name))
                .toList();
    }

    private Set<String> names(DynoState state) {
        Set<String> names = new HashSet<>();
        dynos.stream()
                .filter(dyno -> dyno.state() == state)
                .forEach(dyno -> names.add(dyno.name() + " v" + dyno.version()));
        return names;
    }

    private Set<String> wantedNames(int release) {
        Set<String> names = new HashSet<>();
        for (int number = 1; number <= (isGood(release) ? web : 0); number++) {
            names.add("web." + number + " v" + release);
        }
        for (int number = 1; number <= worker; number++) {
            names.add("worker." + number + " v" + release);
        }
        return names;
    }
}
