package dev.celadon.router.proxy;

import dev.celadon.router.domain.ByteWriter;
import io.netty.buffer.ByteBuf;

/** Where the pieces of a body go; it takes each over. */
interface Sink {
    void take(ByteBuf piece);

    /**
     * The fields behind a body of chunks, when its content passes alone.
     *
     * @param written by {@link dev.celadon.router.domain.Trailers}
     */
    default void takeTrailers(ByteWriter written) {}
}
