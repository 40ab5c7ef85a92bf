package dev.celadon.manifold.scheduler.domain;

import dev.celadon.contract.DynoState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The difference between wanted and actual dynos of one app as actions. New web dynos are up before old ones are
 * retired; a release whose web dynos crash before they were up is failed, and the old ones serve on.
 */
public final class Convergence {
    private Convergence() {}

    /**
     * @param isFailed whether this release was failed before
     * @param mayStart whether the crash policy lets this name start now
     */
    public static List<Action> plan(Wanted wanted, List<Dyno> dynos, boolean isFailed, Predicate<String> mayStart) {
        List<Action> actions = new ArrayList<>();
        Map<String, List<Dyno>> byType = dynos.stream().collect(Collectors.groupingBy(Dyno::type));
        for (Wanted.Type type : wanted.types()) {
            List<Dyno> ofType = byType.getOrDefault(type.name(), List.of());
            planType(wanted, type, ofType, isFailed, mayStart, actions);
        }
        Set<String> known = wanted.types().stream().map(Wanted.Type::name).collect(Collectors.toSet());
        dynos.stream()
                .filter(dyno -> !known.contains(dyno.type()) && dyno.isServing())
                .forEach(dyno -> actions.add(new Action.Retire(dyno)));
        return actions;
    }

    /** Whether every web dyno the release wants is up: what a push waits for. */
    public static boolean isLive(Wanted wanted, List<Dyno> dynos) {
        return wanted.types().stream().filter(Wanted.Type::isWeb).allMatch(web -> isUp(wanted, web, dynos));
    }

    private static void planType(
            Wanted wanted,
            Wanted.Type type,
            List<Dyno> dynos,
            boolean isFailed,
            Predicate<String> mayStart,
            List<Action> actions) {
        List<Dyno> serving = dynos.stream().filter(Dyno::isServing).toList();
        List<Dyno> old =
                serving.stream().filter(dyno -> !isCurrent(wanted, dyno)).toList();
        List<Dyno> earlierRelease =
                old.stream().filter(dyno -> dyno.version() != wanted.version()).toList();
        if (type.isWeb() && !earlierRelease.isEmpty()) {
            if (isFailed) {
                keepOld(wanted, type, serving, actions);
                return;
            }
            var crashed = dynos.stream()
                    .filter(dyno ->
                            dyno.version() == wanted.version() && dyno.state() == DynoState.CRASHED && !dyno.wasUp())
                    .findFirst();
            if (crashed.isPresent() && type.quantity() > 0) {
                actions.add(new Action.Fail(crashed.get().name() + " " + reason(crashed.get())));
                keepOld(wanted, type, serving, actions);
                return;
            }
        }
        Set<String> running = serving.stream()
                .filter(dyno -> isCurrent(wanted, dyno))
                .map(Dyno::name)
                .collect(Collectors.toSet());
        IntStream.rangeClosed(1, type.quantity())
                .mapToObj(number -> type.name() + "." + number)
                .filter(name -> !running.contains(name) && mayStart.test(name))
                .forEach(name -> actions.add(new Action.Start(type, name)));
        serving.stream()
                .filter(dyno -> isCurrent(wanted, dyno) && dyno.number() > type.quantity())
                .forEach(dyno -> actions.add(new Action.Retire(dyno)));
        if (!type.isWeb() || isUp(wanted, type, dynos)) {
            old.forEach(dyno -> actions.add(new Action.Retire(dyno)));
        }
    }

    private static void keepOld(Wanted wanted, Wanted.Type type, List<Dyno> serving, List<Action> actions) {
        serving.stream()
                .filter(dyno -> dyno.version() == wanted.version() || dyno.number() > type.quantity())
                .forEach(dyno -> actions.add(new Action.Retire(dyno)));
    }

    private static boolean isUp(Wanted wanted, Wanted.Type type, List<Dyno> dynos) {
        long up = dynos.stream()
                .filter(dyno -> dyno.type().equals(type.name())
                        && dyno.number() <= type.quantity()
                        && isCurrent(wanted, dyno)
                        && dyno.isServing()
                        && dyno.state() == DynoState.UP)
                .map(Dyno::name)
                .distinct()
                .count();
        return up == type.quantity();
    }

    private static boolean isCurrent(Wanted wanted, Dyno dyno) {
        return dyno.version() == wanted.version() && !dyno.isReplaced();
    }

    private static String reason(Dyno dyno) {
        if ("R10".equals(dyno.cause())) {
            return "did not bind $PORT in time (R10)";
        }
        return dyno.exitStatus() == null ? "crashed" : "exited with status " + dyno.exitStatus();
    }
}
