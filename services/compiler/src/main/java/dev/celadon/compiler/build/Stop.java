package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.BuildRejected;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** The one way a running build is told to stop early; the first reason counts. Callable from any thread. */
public final class Stop {
    /** The platform stops; the build starts over when it is back. */
    public static final String INTERRUPTED = "build was interrupted";

    private final Promise<BuildRejected> asked = Promise.promise();

    public void because(String reason) {
        asked.tryComplete(new BuildRejected(reason));
    }

    /** Completes when the build is to stop. */
    Future<BuildRejected> asked() {
        return asked.future();
    }

    /** Goes on with {@code value}, or fails with the reason to stop. */
    <T> Future<T> check(T value) {
        return asked.future().isComplete()
                ? Future.failedFuture(asked.future().result())
                : Future.succeededFuture(value);
    }
}
