package dev.celadon.api.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What is to be done about a job whose time has come, perhaps several times over.
 *
 * @param run the tick to run now, if any
 * @param missed ticks that will never run, the newest of them
 * @param missedCount how many there are in all
 * @param next when the job is due again
 */
public record DueTicks(Optional<Instant> run, List<Instant> missed, int missedCount, Instant next) {
    /** So many missed runs are noted one by one. */
    private static final int MOST_NOTED = 50;

    /**
     * The newest tick runs when it is on time, or late if one that was missed is to be caught up with; all before it are
     * missed.
     *
     * @param due the first tick that was not dealt with
     * @param tolerance how late a run still is on time
     */
    public static DueTicks at(
            JobSchedule schedule, Instant due, Instant now, Duration tolerance, boolean isCatchingUp) {
        Deque<Instant> missed = new ArrayDeque<>();
        int count = 0;
        Instant last = due;
        Instant next = schedule.next(due);
        while (!next.isAfter(now)) {
            count++;
            missed.add(last);
            if (missed.size() > MOST_NOTED) {
                missed.remove();
            }
            last = next;
            next = schedule.next(next);
        }
        boolean isOnTime = !now.isAfter(last.plus(tolerance));
        if (isOnTime || isCatchingUp) {
            return new DueTicks(Optional.of(last), List.copyOf(missed), count, next);
        }
        missed.add(last);
        return new DueTicks(Optional.empty(), List.copyOf(missed), count + 1, next);
    }
}
