package dev.celadon.logplex.drains;

import dev.celadon.logplex.domain.DrainQueue.Frame;
import io.vertx.core.Future;

/** The receiving end of one drain. */
interface Destination {
    /** Succeeds once it has the frame, as far as its protocol tells; fails with {@link Refused} if it never will. */
    Future<Void> send(Frame frame);

    void close();

    /** The receiver does not want this frame, now or later. */
    final class Refused extends RuntimeException {
        Refused(int status) {
            super("answered " + status, null, false, false);
        }
    }
}
