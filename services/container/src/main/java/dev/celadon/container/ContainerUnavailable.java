package dev.celadon.container;

/** This host cannot run containers; the message names what is missing. */
public final class ContainerUnavailable extends RuntimeException {
    public ContainerUnavailable(String message) {
        super(message, null, false, false);
    }
}
