package dev.celadon.gitreceiver.push;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What the pusher sees behind {@code remote:}, as it happens. */
final class SideBand {
    private final Peer peer;
    private final OutputStream messages;
    private boolean isInLine;

    SideBand(Peer peer, OutputStream messages) {
        this.peer = peer;
        this.messages = messages;
    }

    Peer peer() {
        return peer;
    }

    void say(String line) throws IOException {
        byte[] text = ((isInLine ? "\n" : "") + line + "\n").getBytes(StandardCharsets.UTF_8);
        copy(text, 0, text.length);
    }

    void copy(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0) {
            messages.write(bytes, offset, length);
            messages.flush();
            isInLine = bytes[offset + length - 1] != '\n';
        }
    }

    /** JGit hides failures of its message stream, so that one has to look. */
    void check() throws PusherGone {
        if (peer.isGone()) {
            throw new PusherGone();
        }
    }
}
