package dev.celadon.gitreceiver.push;

import dev.celadon.gitreceiver.http.ByteInlet;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Copies one build's output to the pusher, taking up where it left off when the compiler's stream broke. */
final class OutputCopy {
    private static final int CHUNK = 8 * 1024;

    private final Compilers compilers;
    private final Clock clock;
    private final Instant deadline;
    private String url = "";
    private long printed;
    private boolean isComplete;

    OutputCopy(Compilers compilers, Clock clock, Instant deadline) {
        this.compilers = compilers;
        this.clock = clock;
        this.deadline = deadline;
    }

    boolean isComplete() {
        return isComplete;
    }

    /** The build waits for another compiler, which will begin anew. */
    void restart() {
        url = "";
        printed = 0;
        isComplete = false;
    }

    /** Until the stream ends or breaks, the pusher goes away, or the build has had its time. */
    void run(String from, SideBand band) throws IOException {
        if (!from.equals(url)) {
            url = from; // another compiler took the build over and begins anew
            printed = 0;
        }
        Duration left = Duration.between(clock.instant(), deadline);
        try (ByteInlet output = Answer.of(compilers.output(url, left))) {
            band.peer().onGone(() -> output.abort("the pusher went away"));
            output.skipNBytes(printed);
            byte[] chunk = new byte[CHUNK];
            int length = output.read(chunk);
            while (length >= 0) {
                band.copy(chunk, 0, length);
                printed += length;
                band.check();
                if (clock.instant().isAfter(deadline)) {
                    return;
                }
                length = output.read(chunk);
            }
            isComplete = true;
        }
    }
}
