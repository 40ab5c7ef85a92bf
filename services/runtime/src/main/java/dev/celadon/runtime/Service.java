package dev.celadon.runtime;

import io.vertx.core.Future;

/** One of the platform's services: wired by its composition root, started in list order, stopped in reverse. */
public interface Service {
    /** The name operators use: {@code router}. */
    String name();

    Future<?> start();

    /** Stops taking new work, finishes what is in flight, ends every timer, watch and process it owns. */
    Future<?> stop();
}
