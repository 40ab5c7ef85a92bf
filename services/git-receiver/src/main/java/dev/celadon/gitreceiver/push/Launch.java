package dev.celadon.gitreceiver.push;

import dev.celadon.gitreceiver.domain.App;
import dev.celadon.gitreceiver.domain.PushText;
import dev.celadon.gitreceiver.store.BuildViews;
import dev.celadon.gitreceiver.store.BuildViews.Release;
import dev.celadon.gitreceiver.store.BuildViews.Rollout;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The end of a good push: waits, for a bounded time, for the release and its dynos, and tells how they came up. */
public final class Launch {
    private final BuildViews views;
    private final Hints hints;
    private final Clock clock;
    private final PushText text;
    private final Duration releaseLimit;
    private final Duration liveLimit;

    /** @param releaseLimit a release phase may take as long as a build */
    public Launch(
            BuildViews views, Hints hints, Clock clock, PushText text, Duration releaseLimit, Duration liveLimit) {
        this.views = views;
        this.hints = hints;
        this.clock = clock;
        this.text = text;
        this.releaseLimit = releaseLimit;
        this.liveLimit = liveLimit;
    }

    /** The push is taken whatever is seen here; a pusher who goes away changes nothing. */
    void announce(UUID pushId, App app, SideBand band) throws IOException {
        Optional<Release> made = await(liveLimit, band, () -> views.release(pushId), release -> true);
        if (made.isEmpty()) {
            band.say(text.unreleased(liveLimit));
            return;
        }
        if (made.get().status().equals("pending")) {
            band.say(text.releasing());
        }
        Release release = await(
                        releaseLimit,
                        band,
                        () -> views.release(pushId),
                        found -> !found.status().equals("pending"))
                .orElse(made.get());
        int version = release.version();
        if (release.status().equals("failed") || release.status().equals("expired")) {
            band.say(text.releaseFailed(version));
            sayWhatServes(app, version, band);
            return;
        }
        Optional<Rollout> rollout = await(
                liveLimit,
                band,
                () -> views.rollout(app.id(), version),
                found -> !found.state().equals("rolling"));
        if (rollout.isEmpty()) {
            band.say(text.stillStarting(version, liveLimit));
        } else if (rollout.get().state().equals("failed")) {
            band.say(text.notUp(version, rollout.get().reason()));
            sayWhatServes(app, version, band);
        } else {
            band.say(text.launched(version));
            band.say(text.deployed(app.webUrl()));
        }
    }

    private void sayWhatServes(App app, int version, SideBand band) throws IOException {
        Optional<Integer> before = Answer.soon(views.lastBefore(app.id(), version));
        if (before.isPresent()) {
            band.say(text.serves(before.get()));
        }
    }

    private <T> Optional<T> await(
            Duration limit, SideBand band, Supplier<Future<Optional<T>>> ask, Predicate<T> isEnough)
            throws IOException {
        Instant deadline = clock.instant().plus(limit);
        while (clock.instant().isBefore(deadline)) {
            Optional<T> found = Answer.soon(ask.get()).filter(isEnough);
            if (found.isPresent()) {
                return found;
            }
            band.check();
            hints.await();
        }
        return Optional.empty();
    }
}
