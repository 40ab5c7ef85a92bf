package dev.celadon.contract;

import java.util.UUID;

/**
 * The scheduler's order to end a dyno: SIGTERM to all its processes, the grace, SIGKILL (R12).
 *
 * @param graceSeconds between SIGTERM and SIGKILL
 */
public record StopDyno(UUID dynoId, long epoch, int graceSeconds) {}
