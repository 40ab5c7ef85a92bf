package dev.celadon.router.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.IntSupplier;

/**
 * How much of a connection is read at once: as much as came the last times, since every read and write of a large body
 * costs a system call and most often wakes somebody; and never more than its event loop can hold.
 */
final class ReadSizes extends AdaptiveRecvByteBufAllocator {
    static final int MOST_BYTES = 256 * 1024;
    private static final int LEAST_BYTES = 64;
    private static final int FIRST_BYTES = 2 * 1024;

    private final IntSupplier most;

    ReadSizes(IntSupplier most) {
        super(LEAST_BYTES, FIRST_BYTES, MOST_BYTES);
        this.most = most;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new Bounded((ExtendedHandle) super.newHandle());
    }

    private final class Bounded extends DelegatingHandle implements ExtendedHandle {
        private final ExtendedHandle adaptive;

        Bounded(ExtendedHandle adaptive) {
            super(adaptive);
            this.adaptive = adaptive;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return allocator.ioBuffer(Math.min(adaptive.guess(), most.getAsInt()));
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return adaptive.continueReading(maybeMoreData);
        }
    }
}
