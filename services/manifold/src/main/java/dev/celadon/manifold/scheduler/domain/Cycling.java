package dev.celadon.manifold.scheduler.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A dyno is replaced once a day, each at a moment of its own; one of a process type at a time. */
public record Cycling(Duration period, Duration jitter) {
    /** By its id, so that every leader finds the same moment. */
    public Instant dueAt(Dyno dyno) {
        long spread = Math.max(1, jitter.toMillis());
        long late = Math.floorMod(dyno.id().getMostSignificantBits() ^ dyno.id().getLeastSignificantBits(), spread);
        return dyno.createdAt().plus(period).plusMillis(late);
    }

    /** Those of one app to be replaced now; none where a replacement is under way. A period of zero is never over. */
    public List<Dyno> due(List<Dyno> dynos, Instant now) {
        if (period.isZero()) {
            return List.of();
        }
        Set<String> busy = new HashSet<>();
        dynos.stream()
                .filter(dyno -> dyno.isReplaced() || !dyno.isServing() || !dyno.wasUp())
                .forEach(dyno -> busy.add(dyno.type()));
        List<Dyno> due = new ArrayList<>();
        for (Dyno dyno : dynos) {
            if (!now.isBefore(dueAt(dyno)) && busy.add(dyno.type())) {
                due.add(dyno);
            }
        }
        return due;
    }
}
