package dev.celadon.gitreceiver.push;

import io.vertx.core.Future;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What others answer to a push's own thread, which waits for it: never called on an event loop. */
public final class Answer {
    private static final Logger log = LoggerFactory.getLogger(Answer.class);
    private static final long SECONDS = 10;

    private Answer() {}

    public static <T> T of(Future<T> asked) throws IOException {
        try {
            // Not Future.await: that throws checked exceptions, an interrupt among them, without declaring them.
            return asked.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new IOException("no answer within " + SECONDS + "s", late);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            throw new IOException(String.valueOf(cause == null ? failed : cause.getMessage()), cause);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IOException("git-receiver is stopping", stopping);
        }
    }

    /** Of something that is asked for again and again: no answer now is the same as nothing there yet. */
    static <T> Optional<T> soon(Future<Optional<T>> asked) {
        try {
            return of(asked);
        } catch (IOException notNow) {
            log.atDebug().addKeyValue("reason", notNow.getMessage()).log("push-poll-failed");
            return Optional.empty();
        }
    }
}
