package dev.celadon.logplex.domain;

import dev.celadon.contract.LogError;
import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.LossyBuffer.Loss;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a drain has yet to deliver, one frame under way at a time, and when that is tried again. What does not fit is
 * lost oldest first; the word of it (L10) stands in the stream right before what survived.
 */
public final class DrainQueue {
    private final UUID app;
    private final String hostname;
    private final Limits limits;
    private final Supplier<String> ids;
    private final Supplier<Double> jitter;
    private final LossyBuffer<LogLine> waiting;
    private @Nullable Frame underWay;
    private boolean isSending;
    private int failures;
    private Instant failingSince = Instant.MAX;
    private Instant notBefore = Instant.MIN;
    private @Nullable Loss unreported;

    /**
     * @param messages that wait at most
     * @param shrunk the same, once it has been failing for {@code shrinkAfter}
     * @param frameBytes of one frame, unless a single message is longer
     * @param firstRetry after the first failure; doubled with each that follows, up to {@code lastRetry}
     */
    public record Limits(
            int messages, int shrunk, int frameBytes, Duration shrinkAfter, Duration firstRetry, Duration lastRetry) {}

    /**
     * What is delivered in one go.
     *
     * @param id the same each time it is tried
     * @param told the loss that is told in it
     */
    public record Frame(String id, int messages, ByteBuffer body, Optional<Loss> told) {
        /** Without the word of the loss. */
        int lines() {
            return told.isPresent() ? messages - 1 : messages;
        }
    }

    /**
     * @param hostname in each message
     * @param ids of frames, each another
     * @param jitter between 0 and 1, so that not all retry at once
     */
    public DrainQueue(UUID app, String hostname, Limits limits, Supplier<String> ids, Supplier<Double> jitter) {
        this.app = app;
        this.hostname = hostname;
        this.limits = limits;
        this.ids = ids;
        this.jitter = jitter;
        this.waiting = new LossyBuffer<>(limits.messages());
    }

    /** A drain hears of its own losses in its own stream, not of those that the app's log tells of. */
    public void offer(LogLine line, Instant now) {
        boolean isWordOfADrain = line.process().equals("logplex") && line.text().startsWith("Error L10 ");
        if (!isWordOfADrain && waiting.push(line, now)) {
            unreported = Loss.sum(unreported, new Loss(1, now));
        }
    }

    /** The frame to send now; what becomes of it is to be said before there is another. */
    public Optional<Frame> next(Instant now) {
        if (isSending || now.isBefore(notBefore)) {
            return Optional.empty();
        }
        if (underWay == null && !waiting.isEmpty()) {
            underWay = compose(now);
        }
        isSending = underWay != null;
        return Optional.ofNullable(underWay);
    }

    public void delivered(Instant now) {
        underWay = null;
        isSending = false;
        failures = 0;
        failingSince = Instant.MAX;
        notBefore = Instant.MIN;
        waiting.resize(limits.messages(), now);
    }

    /** It may arrive the next time. */
    public void failed(Instant now) {
        isSending = false;
        failures++;
        failingSince = failingSince.isBefore(now) ? failingSince : now;
        notBefore = now.plus(backOff());
        if (!now.isBefore(failingSince.plus(limits.shrinkAfter()))) {
            long displaced = waiting.resize(limits.shrunk(), now);
            if (displaced > 0) {
                unreported = Loss.sum(unreported, new Loss(displaced, now));
                drop(now);
            }
        }
    }

    /** The receiver will never take this frame. */
    public void refused(Instant now) {
        drop(now);
        failed(now);
    }

    /** Until when it holds back, if it does and has something to send. */
    public Optional<Instant> retryAt(Instant now) {
        return !isIdle() && now.isBefore(notBefore) ? Optional.of(notBefore) : Optional.empty();
    }

    public boolean isIdle() {
        return underWay == null && waiting.isEmpty();
    }

    /** What was lost since this was last asked, for the app's log. */
    public Optional<Loss> takeReport() {
        Optional<Loss> report = Optional.ofNullable(unreported).filter(loss -> loss.count() > 0);
        unreported = null;
        return report;
    }

    private Frame compose(Instant now) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int messages = 0;
        Optional<Loss> told = waiting.takeLoss();
        if (told.isPresent()) {
            String text = LogError.L10.line(told.get().count(), told.get().since());
            body.writeBytes(SyslogMessage.encode(new LogLine(app, now, "heroku", "logplex", text), hostname));
            messages++;
        }
        for (var next = waiting.peek(); next.isPresent(); next = waiting.peek()) {
            byte[] message = SyslogMessage.encode(next.get(), hostname);
            if (messages > 0 && body.size() + message.length > limits.frameBytes()) {
                break;
            }
            waiting.pop();
            body.writeBytes(message);
            messages++;
        }
        return new Frame(
                ids.get(), messages, ByteBuffer.wrap(body.toByteArray()).asReadOnlyBuffer(), told);
    }

    private void drop(Instant now) {
        Frame dropped = underWay;
        if (dropped != null) {
            underWay = null;
            Loss own = new Loss(dropped.lines(), now);
            waiting.lose(Loss.sum(dropped.told().orElse(null), own));
            unreported = Loss.sum(unreported, own);
        }
    }

    private Duration backOff() {
        long doubled = limits.firstRetry().toMillis() << Math.min(failures - 1, 20);
        long most = Math.min(doubled, limits.lastRetry().toMillis());
        return Duration.ofMillis((long) (most * (0.5 + jitter.get() / 2)));
    }
}
