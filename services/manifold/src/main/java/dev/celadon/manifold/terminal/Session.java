package dev.celadon.manifold.terminal;

import dev.celadon.container.Attachment;
import dev.celadon.manifold.terminal.domain.PipedInput;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A terminal and the process of its dyno, joined. Output waits for the client; input may run ahead of the process up to
 * a bound, so that a client that goes away is noticed though nobody reads what it sent.
 */
public final class Session {
    private static final int MOST_AHEAD_BYTES = 1 << 20;

    private final Vertx vertx;
    private final Terminal terminal;
    private final Attachment attachment;
    private final @Nullable PipedInput piped;
    private final Duration inputQuiet;
    private int aheadBytes;
    private long quietTimer = -1;

    /** @param isWithoutTty pipes: EOT after the last byte ends the input */
    public Session(Vertx vertx, Terminal terminal, Attachment attachment, boolean isWithoutTty, Duration inputQuiet) {
        this.vertx = vertx;
        this.terminal = terminal;
        this.attachment = attachment;
        this.piped = isWithoutTty ? new PipedInput() : null;
        this.inputQuiet = inputQuiet;
    }

    public void start() {
        attachment.read(terminal::write);
        terminal.input(this::take);
    }

    /** Completes when the process has closed its output and the client took all of it, or has gone. */
    public Future<Void> outputEnded() {
        return attachment.ended().onComplete(ended -> vertx.cancelTimer(quietTimer));
    }

    private void take(Buffer input) {
        Buffer taken = piped == null ? input : Buffer.buffer(piped.take(input.getBytes()));
        aheadBytes += taken.length();
        if (aheadBytes > MOST_AHEAD_BYTES) {
            terminal.pause();
        }
        attachment.write(taken).onComplete(written -> {
            aheadBytes -= taken.length();
            terminal.resume();
        });
        if (piped != null) {
            vertx.cancelTimer(quietTimer);
            if (piped.hasEnded()) {
                quietTimer = vertx.setTimer(inputQuiet.toMillis(), tick -> attachment.endInput());
            }
        }
    }
}
