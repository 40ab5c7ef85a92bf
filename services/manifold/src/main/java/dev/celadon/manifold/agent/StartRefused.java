package dev.celadon.manifold.agent;

import dev.celadon.contract.DynoError;

/** A dyno could not be started for a reason that has its own error code. */
final class StartRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final DynoError error;

    StartRefused(DynoError error, String reason) {
        super(reason, null, false, false);
        this.error = error;
    }

    DynoError error() {
        return error;
    }
}
