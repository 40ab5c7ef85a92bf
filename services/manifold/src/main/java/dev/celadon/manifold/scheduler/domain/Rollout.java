package dev.celadon.manifold.scheduler.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far an app's newest release got, and which one went live last.
 *
 * @param version of the newest release the scheduler dealt with
 * @param liveVersion of the release that went live last: the one that serves
 * @param previousVersion of the release that was live before that one
 * @param liveAt when {@code liveVersion} went live
 */
public record Rollout(
        int version,
        State state,
        @Nullable Integer liveVersion,
        @Nullable Integer previousVersion,
        @Nullable Instant liveAt) {

    public enum State {
        /** Its web dynos are on their way up; the release before serves. */
        ROLLING,
        /** Its web dynos came up; it serves. */
        LIVE,
        /** Its web dynos did not come up; the release before serves on. */
        FAILED,
        /** It went live and crashed soon after: the api makes a release that takes it back. */
        CRASHED;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public boolean isFailed(int release) {
        return version == release && state == State.FAILED;
    }

    public boolean isLive(int release) {
        return liveVersion != null && liveVersion == release;
    }
}
