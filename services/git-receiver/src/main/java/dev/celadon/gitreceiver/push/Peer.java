package dev.celadon.gitreceiver.push;

/** The git client at the other end of a conversation, whatever door it came through. */
public interface Peer {
    boolean isGone();

    /** Runs it when the client goes away, at once if it has gone. */
    void onGone(Runnable listener);
}
