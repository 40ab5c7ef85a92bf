package dev.celadon.router.proxy;

import dev.celadon.router.domain.ByteWriter;
import dev.celadon.router.domain.RequestRewrite;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A request's head on its way: kept while there is no dyno, and as long as it may have to be sent again. */
final class OutgoingHead {
    private byte @Nullable [] waiting;
    private @Nullable ByteBuf sent;

    /** Nobody takes it yet, and the writer is needed by others. */
    void keep(ByteWriter written) {
        waiting = Arrays.copyOf(written.bytes(), written.length());
    }

    /**
     * @param out holds the head, unless it was kept
     * @param isRepeatable keeps what is sent
     */
    void send(DynoConnection to, ByteWriter out, long connectMillis, long routeMillis, boolean isRepeatable) {
        ByteBuf whole = sent;
        if (whole == null) {
            byte[] kept = waiting;
            waiting = null;
            if (kept != null) {
                out.clear();
                out.append(kept);
            }
            RequestRewrite.writeTimes(connectMillis, routeMillis, out);
            whole = to.buffer(out.length()).writeBytes(out.bytes(), 0, out.length());
        } else {
            whole.readerIndex(0);
        }
        if (isRepeatable) {
            sent = whole.retain();
        }
        to.write(whole);
    }

    boolean canBeSentAgain() {
        return sent != null;
    }

    void forget() {
        ByteBuf whole = sent;
        sent = null;
        if (whole != null) {
            whole.release();
        }
    }
}
