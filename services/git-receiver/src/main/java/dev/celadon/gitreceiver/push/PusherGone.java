package dev.celadon.gitreceiver.push;

import java.io.IOException;

/** The pusher's client went away while its push was waiting. */
final class PusherGone extends IOException {
    PusherGone() {
        super("the pusher went away");
    }
}
