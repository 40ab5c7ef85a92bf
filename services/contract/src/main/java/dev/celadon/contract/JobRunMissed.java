package dev.celadon.contract;

import java.time.Instant;
import java.util.UUID;

/** A scheduler job did not run at its time. A hint only: the row in {@code api.job_runs} is the fact. */
public record JobRunMissed(UUID jobId, UUID appId, Instant tick) {}
