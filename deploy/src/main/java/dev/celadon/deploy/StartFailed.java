package dev.celadon.deploy;

/** The platform cannot start here; the message says why and what would help. */
public final class StartFailed extends RuntimeException {
    public StartFailed(String message) {
        super(message, null, false, false);
    }
}
