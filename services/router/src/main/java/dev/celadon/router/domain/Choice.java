package dev.celadon.router.domain;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Which dyno gets a request: of two at random the one with fewer in flight. State of one event loop. */
public final class Choice {
    private final RandomGenerator random;
    private final int mostPerDyno;

    /** @param mostPerDyno requests in flight that a dyno is given by this router */
    public Choice(RandomGenerator random, int mostPerDyno) {
        this.random = random;
        this.mostPerDyno = mostPerDyno;
    }

    /**
     * Takes one that was not tried, is not quarantined and has room; the caller gives it back with
     * {@link Dyno#checkIn}.
     */
    public @Nullable Dyno checkOut(List<Dyno> dynos, List<Dyno> tried, long nowNanos) {
        int size = dynos.size();
        if (size == 0) {
            return null;
        }
        Dyno one = dynos.get(size == 1 ? 0 : random.nextInt(size));
        Dyno other = size == 1 ? one : dynos.get(random.nextInt(size));
        Dyno chosen = lessLoaded(
                canServe(one, tried, nowNanos) ? one : null, canServe(other, tried, nowNanos) ? other : null);
        if (chosen == null) {
            chosen = anyOf(dynos, tried, nowNanos);
        }
        if (chosen != null) {
            chosen.checkOut();
        }
        return chosen;
    }

    /** Both drawn ones cannot serve: the less loaded of all that can. */
    private @Nullable Dyno anyOf(List<Dyno> dynos, List<Dyno> tried, long nowNanos) {
        Dyno best = null;
        int from = random.nextInt(dynos.size());
        for (int i = 0; i < dynos.size(); i++) {
            Dyno dyno = dynos.get((from + i) % dynos.size());
            if (canServe(dyno, tried, nowNanos)) {
                best = lessLoaded(best, dyno);
            }
        }
        return best;
    }

    private static @Nullable Dyno lessLoaded(@Nullable Dyno one, @Nullable Dyno other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return other.inFlight() < one.inFlight() ? other : one;
    }

    private boolean canServe(Dyno dyno, List<Dyno> tried, long nowNanos) {
        return dyno.inFlight() < mostPerDyno && !dyno.isQuarantined(nowNanos) && !tried.contains(dyno);
    }
}
