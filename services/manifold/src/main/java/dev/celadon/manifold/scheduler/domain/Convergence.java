package dev.celadon.manifold.scheduler.domain;

import dev.celadon.contract.DynoState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The difference between wanted and actual dynos of one app as actions. A release replaces the standing one only when
 * its web dynos are up: until then the standing one is kept whole, and a release that does not come up never touches it.
 */
public final class Convergence {
    private Convergence() {}

    /** Whether the crash policy lets this name start under this release now. */
    @FunctionalInterface
    public interface CrashRule {
        boolean mayStart(int version, String name);
    }

    /**
     * @param wanted the app's current release and formation
     * @param standing the release that went live last, when it is another one and is to serve until this one is up
     * @param isLive whether the wanted release went live before
     * @param isFailed whether it failed to come up before
     * @param idleVersion the release whose only web dyno idles, 0 for none
     * @param withoutRoom names of the wanted release that no node had room for
     */
    public record Situation(
            Wanted wanted,
            Optional<Wanted> standing,
            boolean isLive,
            boolean isFailed,
            int idleVersion,
            Set<String> withoutRoom,
            CrashRule crashes) {}

    public static List<Action> plan(Situation situation, List<Dyno> dynos) {
        List<Action> actions = new ArrayList<>();
        Wanted wanted = situation.wanted();
        if (situation.isLive()) {
            keep(situation, wanted, dynos, actions);
            dismiss(wanted, dynos, actions);
        } else if (situation.standing().isEmpty()) {
            first(situation, dynos, actions);
        } else {
            roll(situation, situation.standing().get(), dynos, actions);
        }
        return actions;
    }

    /** Nothing stands: crashes are the crash policy's matter, what an earlier attempt left goes. */
    private static void first(Situation situation, List<Dyno> dynos, List<Action> actions) {
        keep(situation, situation.wanted(), dynos, actions);
        boolean isUp = isWebUp(situation, dynos);
        if (isUp) {
            actions.add(new Action.GoLive());
        }
        dynos.stream()
                .filter(dyno -> dyno.version() != situation.wanted().version() && (isUp || !dyno.isWeb()))
                .forEach(dyno -> end(dyno, actions));
    }

    private static void roll(Situation situation, Wanted standing, List<Dyno> dynos, List<Action> actions) {
        Wanted wanted = situation.wanted();
        if (situation.isFailed()) {
            keep(situation, standing, dynos, actions);
            dismiss(standing, dynos, actions);
        } else if (isWebUp(situation, dynos)) {
            actions.add(new Action.GoLive());
            keep(situation, wanted, dynos, actions);
            dismiss(wanted, dynos, actions);
        } else {
            keep(situation, standing, dynos, actions);
            Optional<Dyno> broken = dynos.stream()
                    .filter(dyno -> dyno.isWeb() && dyno.version() == wanted.version() && isFailure(situation, dyno))
                    .findFirst();
            // A standing release that is down altogether is no better than one that is up in part.
            if (broken.isPresent() && (isAnyWebUp(standing, dynos) || !isAnyWebUp(wanted, dynos))) {
                actions.add(new Action.Fail(broken.get().name() + " " + reason(broken.get())));
                dismiss(standing, dynos, actions);
            } else {
                wanted.web().ifPresent(web -> keepType(situation, wanted, web, dynos, actions));
            }
        }
    }

    /** Every type of the release as the formation has it. */
    private static void keep(Situation situation, Wanted release, List<Dyno> dynos, List<Action> actions) {
        Map<String, List<Dyno>> byType = dynos.stream()
                .filter(dyno -> dyno.version() == release.version())
                .collect(Collectors.groupingBy(Dyno::type, TreeMap::new, Collectors.toList()));
        for (Wanted.Type type : release.types()) {
            keepType(situation, release, type, byType.getOrDefault(type.name(), List.of()), actions);
            byType.remove(type.name());
        }
        byType.values().forEach(rest -> rest.forEach(dyno -> end(dyno, actions)));
    }

    private static void keepType(
            Situation situation, Wanted release, Wanted.Type type, List<Dyno> dynos, List<Action> actions) {
        List<Dyno> own = dynos.stream()
                .filter(dyno ->
                        dyno.version() == release.version() && dyno.type().equals(type.name()))
                .toList();
        boolean isIdle = type.isWeb() && situation.idleVersion() == release.version();
        int quantity = isIdle ? 0 : type.quantity();
        Set<String> running = own.stream()
                .filter(dyno -> isCurrent(type, dyno))
                .map(Dyno::name)
                .collect(Collectors.toSet());
        Set<String> up = own.stream()
                .filter(dyno -> isCurrent(type, dyno) && dyno.state() == DynoState.UP)
                .map(Dyno::name)
                .collect(Collectors.toSet());
        boolean mayShrink = !type.isWeb()
                || quantity == 0
                || own.stream().anyMatch(dyno -> isUp(dyno) && dyno.number() <= quantity);
        for (Dyno dyno : own) {
            if (dyno.number() > quantity) {
                // One too many serves until one of those that stay does.
                if (mayShrink || !isUp(dyno)) {
                    end(dyno, actions);
                }
            } else if (dyno.isServing() && !isCurrent(type, dyno)) {
                if (!dyno.isReplaced()) {
                    actions.add(new Action.Replace(dyno));
                }
                if (!type.isWeb() || up.contains(dyno.name())) {
                    actions.add(new Action.Retire(dyno));
                }
            }
        }
        IntStream.rangeClosed(1, quantity)
                .mapToObj(number -> type.name() + "." + number)
                .filter(name -> !running.contains(name) && situation.crashes().mayStart(release.version(), name))
                .forEach(name -> actions.add(new Action.Start(release, type, name)));
    }

    private static void dismiss(Wanted kept, List<Dyno> dynos, List<Action> actions) {
        dynos.stream().filter(dyno -> dyno.version() != kept.version()).forEach(dyno -> end(dyno, actions));
    }

    private static void end(Dyno dyno, List<Action> actions) {
        if (dyno.state() == DynoState.CRASHED) {
            actions.add(new Action.Forget(dyno));
        } else if (dyno.isServing()) {
            actions.add(new Action.Retire(dyno));
        }
    }

    /** Every web dyno the release wants is up; those nobody has room for are not waited for, if any is up. */
    private static boolean isWebUp(Situation situation, List<Dyno> dynos) {
        Optional<Wanted.Type> web = situation.wanted().web().filter(type -> type.quantity() > 0);
        if (web.isEmpty()) {
            return true;
        }
        Set<String> up = dynos.stream()
                .filter(dyno ->
                        dyno.isWeb() && dyno.version() == situation.wanted().version() && isUp(dyno))
                .map(Dyno::name)
                .collect(Collectors.toSet());
        return !up.isEmpty()
                && IntStream.rangeClosed(1, web.get().quantity())
                        .mapToObj(number -> "web." + number)
                        .allMatch(name ->
                                up.contains(name) || situation.withoutRoom().contains(name));
    }

    /** What the platform could not do is tried again as the crash policy says; the process's own end decides at once. */
    private static boolean isFailure(Situation situation, Dyno dyno) {
        boolean isPlatforms = "R99".equals(dyno.cause());
        return dyno.state() == DynoState.CRASHED
                && !dyno.wasUp()
                && (!isPlatforms || !situation.crashes().mayStart(dyno.version(), dyno.name()));
    }

    private static boolean isAnyWebUp(Wanted release, List<Dyno> dynos) {
        return dynos.stream().anyMatch(dyno -> dyno.isWeb() && dyno.version() == release.version() && isUp(dyno));
    }

    private static boolean isUp(Dyno dyno) {
        return dyno.isServing() && dyno.state() == DynoState.UP;
    }

    private static boolean isCurrent(Wanted.Type type, Dyno dyno) {
        return dyno.isServing() && !dyno.isReplaced() && dyno.memoryMb() == type.memoryMb();
    }

    private static String reason(Dyno dyno) {
        if ("R10".equals(dyno.cause())) {
            return "did not bind $PORT in time (R10)";
        }
        if (dyno.exitStatus() == null) {
            return dyno.cause() == null ? "crashed" : "did not start (" + dyno.cause() + ")";
        }
        return "exited with status " + dyno.exitStatus();
    }
}
