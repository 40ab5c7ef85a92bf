package dev.celadon.api.jobs;

import dev.celadon.api.domain.JobSchedule;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A command of an app and when it runs.
 *
 * @param overlap {@code skip}: not while its last run goes on; {@code allow}
 * @param catchUp {@code once}: a missed run is made up for late, once; {@code skip}
 * @param nextTick null while it is switched off
 */
record Job(
        UUID id,
        UUID appId,
        String command,
        String size,
        JobSchedule schedule,
        String overlap,
        String catchUp,
        boolean isEnabled,
        @Nullable OffsetDateTime nextTick,
        OffsetDateTime createdAt,
        OffsetDateTime updatedAt) {

    /** What a user may set. */
    record Draft(
            String command, String size, JobSchedule schedule, String overlap, String catchUp, boolean isEnabled) {}

    Draft draft() {
        return new Draft(command, size, schedule, overlap, catchUp, isEnabled);
    }
}
