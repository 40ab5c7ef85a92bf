package dev.celadon.manifold.scheduler.domain;

import dev.celadon.contract.DynoState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An app with exactly one web dyno lets it idle after an hour without a request; zero is never over. */
public record Idling(Duration after) {
    /** @param active when a router last had a request for the app */
    public Optional<Dyno> due(Wanted wanted, List<Dyno> dynos, Optional<Instant> active, Instant now) {
        List<Dyno> web = dynos.stream().filter(Dyno::isWeb).toList();
        if (after.isZero() || !mayIdle(wanted) || web.size() != 1) {
            return Optional.empty();
        }
        Dyno only = web.get(0);
        Instant quietSince = active.filter(only.since()::isBefore).orElse(only.since());
        boolean isQuiet = !now.isBefore(quietSince.plus(after));
        boolean isSettled = only.isServing()
                && !only.isReplaced()
                && only.state() == DynoState.UP
                && only.version() == wanted.version();
        return isQuiet && isSettled ? Optional.of(only) : Optional.empty();
    }

    /** Whether the formation is one that idles at all. */
    public static boolean mayIdle(Wanted wanted) {
        return wanted.web().map(type -> type.quantity() == 1).orElse(false);
    }
}
