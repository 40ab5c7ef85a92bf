package dev.celadon.logplex.drains;

import dev.celadon.contract.LogError;
import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.DrainQueue;
import dev.celadon.logplex.domain.DrainQueue.Frame;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One drain at work: takes lines at any pace, sends frames at the receiver's, says in the app's log what went wrong. */
final class Drain {
    private final Vertx vertx;
    private final Clock clock;
    private final DrainQueue queue;
    private final Destination destination;
    private final String shownUrl;
    private final Consumer<String> appLog;
    private @Nullable Promise<Void> flushed;
    private boolean isWoken;
    private boolean isClosed;
    private long retryTimer = -1;

    Drain(
            Vertx vertx,
            Clock clock,
            DrainQueue queue,
            Destination destination,
            String shownUrl,
            Consumer<String> appLog) {
        this.vertx = vertx;
        this.clock = clock;
        this.queue = queue;
        this.destination = destination;
        this.shownUrl = shownUrl;
        this.appLog = appLog;
    }

    void offer(LogLine line) {
        queue.offer(line, clock.instant());
        if (!isWoken) {
            // Once the lines that came together are all here, so that they leave together.
            isWoken = true;
            vertx.runOnContext(turn -> {
                isWoken = false;
                sendNext();
            });
        }
    }

    /** Tells the app's log of what was lost since the last time. */
    void report() {
        queue.takeReport().ifPresent(loss -> appLog.accept(LogError.L10.line(loss.count(), loss.since())));
    }

    /** Completes when all is delivered, or as soon as it would be tried again only. */
    Future<Void> flush() {
        Promise<Void> done = Promise.promise();
        flushed = done;
        sendNext();
        return done.future();
    }

    boolean isIdle() {
        return queue.isIdle();
    }

    void close() {
        isClosed = true;
        vertx.cancelTimer(retryTimer);
        destination.close();
    }

    static Buffer buffer(Frame frame) {
        byte[] bytes = new byte[frame.body().remaining()];
        frame.body().duplicate().get(bytes);
        return Buffer.buffer(bytes);
    }

    private void sendNext() {
        if (isClosed) {
            return;
        }
        Instant now = clock.instant();
        queue.next(now).ifPresent(this::send);
        queue.retryAt(now).ifPresent(at -> retryIn(Duration.between(now, at)));
        Promise<Void> waiting = flushed;
        if (waiting != null && (queue.isIdle() || queue.retryAt(now).isPresent())) {
            waiting.tryComplete();
        }
    }

    private void send(Frame frame) {
        destination.send(frame).onComplete(delivered -> {
            Instant now = clock.instant();
            if (delivered.succeeded()) {
                queue.delivered(now);
            } else if (delivered.cause() instanceof Destination.Refused) {
                queue.refused(now);
            } else {
                queue.failed(now);
                tellOfBadCertificate(delivered.cause());
            }
            sendNext();
        });
    }

    private void retryIn(Duration wait) {
        vertx.cancelTimer(retryTimer);
        retryTimer = vertx.setTimer(Math.max(1, wait.toMillis()), tick -> sendNext());
    }

    private void tellOfBadCertificate(Throwable cause) {
        for (Throwable part = cause; part != null; part = part.getCause()) {
            if (part instanceof CertificateException
                    || (part instanceof SSLException && part.getCause() == null && isAboutACertificate(part))) {
                appLog.accept(LogError.L14.line(String.valueOf(part.getMessage()), shownUrl));
                return;
            }
        }
    }

    private static boolean isAboutACertificate(Throwable handshake) {
        return String.valueOf(handshake.getMessage()).contains("certificate");
    }
}
