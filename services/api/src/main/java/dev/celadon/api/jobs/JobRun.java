package dev.celadon.api.jobs;

import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of one tick of a job.
 *
 * @param status {@code running}, {@code succeeded}, {@code failed}, {@code skipped}, {@code missed}
 * @param dyno {@code scheduler.7}; null when none ran
 */
record JobRun(
        UUID id,
        UUID jobId,
        OffsetDateTime tick,
        String status,
        @Nullable UUID dynoId,
        @Nullable String dyno,
        @Nullable Integer exitStatus,
        @Nullable String reason,
        OffsetDateTime createdAt,
        @Nullable OffsetDateTime endedAt) {}
