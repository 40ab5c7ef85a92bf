package dev.celadon.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReadSizesTest {
    private int most = ReadSizes.MOST_BYTES;
    private final RecvByteBufAllocator.ExtendedHandle handle = new ReadSizes(() -> most).newHandle();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @Test
    void readsGrowWithWhatComesAndStayWithinWhatTheLoopCanHold() {
        assertThat(readFull()).isLessThan(ReadSizes.MOST_BYTES / 10);
        for (int i = 0; i < 50; i++) {
            readFull();
        }
        assertThat(readFull()).isEqualTo(ReadSizes.MOST_BYTES);
        most = Connector.LOW_WATER;
        assertThat(readFull()).isEqualTo(Connector.LOW_WATER);
    }

    /** Offers as much as is asked for; answers how much that was. */
    private int readFull() {
        handle.reset(channel.config());
        ByteBuf buffer = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
        int size = buffer.writableBytes();
        buffer.release();
        handle.attemptedBytesRead(size);
        handle.lastBytesRead(size);
        handle.incMessagesRead(1);
        handle.readComplete();
        return size;
    }
}
