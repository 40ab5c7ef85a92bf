package dev.celadon.router.proxy;

import dev.celadon.router.domain.RequestHead;
import dev.celadon.router.domain.Table;
import java.util.Optional;
import java.util.function.Consumer;

/** Holds back a request that may be an ACME server's, until it is known whether it is; one after the other. */
final class ChallengeGate {
    private enum State {
        OPEN,
        ASKED,
        /** The request is the app's own. */
        KNOWN
    }

    private final Loop loop;
    private final Edge edge;
    private final Consumer<Optional<String>> known;
    private State state = State.OPEN;

    /** @param known is given the answer, or nothing: then the request is looked at again, and passes */
    ChallengeGate(Loop loop, Edge edge, Consumer<Optional<String>> known) {
        this.loop = loop;
        this.edge = edge;
        this.known = known;
    }

    boolean holds(RequestHead head) {
        if (state == State.OPEN && !edge.isSecure() && head.path().startsWith(Challenges.PATH)) {
            state = State.ASKED;
            String host = Table.withoutPort(head.host());
            String token = head.path().substring(Challenges.PATH.length());
            // Later, when what was read is held.
            loop.eventLoop.execute(() -> loop.challenges.find(host, token, this::found));
        }
        boolean isHeld = state == State.ASKED;
        if (state == State.KNOWN) {
            state = State.OPEN;
        }
        return isHeld;
    }

    private void found(Optional<String> answer) {
        state = State.KNOWN;
        known.accept(answer);
    }
}
