package dev.celadon.router.proxy;

import io.netty.buffer.ByteBuf;

/** What a request has become after a 101: bytes both ways, each direction closed for itself, until both are. */
final class Tunnel {
    private final ClientConnection client;
    private final DynoConnection dyno;
    private boolean isUpEnded;
    private boolean isDownEnded;

    Tunnel(ClientConnection client, DynoConnection dyno) {
        this.client = client;
        this.dyno = dyno;
    }

    void up(ByteBuf in) {
        dyno.write(in);
    }

    /** The client has said its last; answers whether the dyno had, too. */
    boolean endUp() {
        isUpEnded = true;
        if (!isDownEnded) {
            dyno.closeOutput();
        }
        return isDownEnded;
    }

    /** The dyno has said its last; answers whether the client had, too. */
    boolean endDown() {
        isDownEnded = true;
        if (!isUpEnded) {
            client.closeOutput();
        }
        return isUpEnded;
    }
}
