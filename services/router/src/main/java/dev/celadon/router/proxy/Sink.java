package dev.celadon.router.proxy;

import io.netty.buffer.ByteBuf;

/** Where the pieces of a body go; it takes each over. */
interface Sink {
    void take(ByteBuf piece);
}
