package dev.celadon.gitreceiver.push;

import dev.celadon.gitreceiver.domain.BuildState;
import dev.celadon.gitreceiver.store.BuildViews;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stays with a build from the moment it waits for a compiler until it ended, its output running past the pusher. */
public final class BuildFollower {
    private static final Logger log = LoggerFactory.getLogger(BuildFollower.class);
    private static final int TRIES_FOR_THE_REST = 3;

    private final BuildViews views;
    private final Compilers compilers;
    private final Hints hints;
    private final Clock clock;
    private final Duration limit;

    public BuildFollower(BuildViews views, Compilers compilers, Hints hints, Clock clock, Duration limit) {
        this.views = views;
        this.compilers = compilers;
        this.hints = hints;
        this.clock = clock;
        this.limit = limit;
    }

    /** @throws PusherGone when nobody is there any more to see it; the build is then cancelled */
    BuildState follow(UUID pushId, SideBand band) throws IOException {
        Instant deadline = clock.instant().plus(limit);
        OutputCopy copy = new OutputCopy(compilers, clock, deadline);
        int triesLeft = TRIES_FOR_THE_REST;
        while (clock.instant().isBefore(deadline)) {
            Optional<BuildState> build = Answer.soon(views.build(pushId));
            if (build.isPresent()) {
                copyOutput(copy, build.get(), band);
                boolean isAllSeen = copy.isComplete() || build.get().outputUrl().isEmpty() || triesLeft-- == 0;
                if (build.get().hasEnded() && isAllSeen) {
                    return build.get();
                }
                if (!build.get().hasEnded()) {
                    triesLeft = TRIES_FOR_THE_REST;
                    if (build.get().outputUrl().isEmpty()) {
                        copy.restart();
                    }
                }
            }
            band.check();
            hints.await();
        }
        compilers.cancel(pushId);
        // Not ended: the cancelling may come too late.
        return new BuildState(
                "building", Optional.of("the build took longer than " + inWords(limit)), Optional.empty());
    }

    private static void copyOutput(OutputCopy copy, BuildState build, SideBand band) throws PusherGone {
        if (copy.isComplete() || build.outputUrl().isEmpty()) {
            return;
        }
        try {
            copy.run(build.outputUrl().get(), band);
        } catch (IOException broken) {
            band.check();
            log.atDebug().addKeyValue("reason", broken.getMessage()).log("build-output-broke");
        }
    }

    private static String inWords(Duration limit) {
        return limit.toSeconds() < 120 ? limit.toSeconds() + " seconds" : limit.toMinutes() + " minutes";
    }
}
