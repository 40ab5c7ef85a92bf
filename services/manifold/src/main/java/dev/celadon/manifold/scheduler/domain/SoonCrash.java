package dev.celadon.manifold.scheduler.domain;

import dev.celadon.contract.DynoState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Whether a release that went live crashed so soon after that it is to be taken back; a window of zero never is. */
public record SoonCrash(Duration window) {
    /** @param crashes of the release's dynos, by name */
    public Optional<String> reason(
            Wanted wanted,
            Rollout rollout,
            List<Dyno> dynos,
            Function<String, CrashPolicy.Crashes> crashes,
            Instant now) {
        Instant liveAt = rollout.liveAt();
        boolean isRecent = liveAt != null && now.isBefore(liveAt.plus(window));
        if (!isRecent || rollout.state() != Rollout.State.LIVE || rollout.previousVersion() == null) {
            return Optional.empty();
        }
        List<Dyno> web = dynos.stream()
                .filter(dyno -> dyno.isWeb() && dyno.version() == wanted.version())
                .toList();
        boolean isAnyUp = web.stream().anyMatch(dyno -> dyno.isServing() && dyno.state() == DynoState.UP);
        // Its one restart at once is granted: only a second crash says that the release is to blame.
        return isAnyUp
                ? Optional.empty()
                : web.stream()
                        .map(Dyno::name)
                        .filter(name -> crashes.apply(name).count() >= 2)
                        .findFirst()
                        .map(name -> name + " crashed twice within " + window.toSeconds() + " seconds");
    }
}
