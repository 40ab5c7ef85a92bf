package dev.celadon.logplex;

import dev.celadon.logplex.domain.NumberedLine;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Members.Member;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.parsetools.RecordParser;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Brings a session what the other logplexes get of its app's log, whichever of them come and go. */
final class Follower {
    private final Peers peers;
    private final Session session;
    private final long begun;
    private final Map<String, Long> last = new HashMap<>();
    private final Set<String> followed = new HashSet<>();
    private final Set<HttpClientResponse> open = new HashSet<>();
    private boolean isClosed;

    /**
     * @param backlogs what the session has of each peer
     * @param begun where to begin with a peer that has just come
     */
    Follower(Peers peers, Session session, Map<String, List<NumberedLine>> backlogs, long begun) {
        this.peers = peers;
        this.session = session;
        this.begun = begun;
        backlogs.forEach((peer, lines) ->
                lines.stream().mapToLong(NumberedLine::sequence).max().ifPresent(most -> last.put(peer, most)));
    }

    /** Called every moment. */
    void look() {
        peers.all().stream().filter(peer -> followed.add(peer.id())).forEach(this::follow);
    }

    void close() {
        isClosed = true;
        // Each is taken out as it ends.
        List.copyOf(open).forEach(response -> response.request().reset());
    }

    private void follow(Member peer) {
        long from = last.getOrDefault(peer.id(), begun);
        peers.follow(peer, session.asked().after(from))
                .onSuccess(response -> read(peer.id(), response))
                .onFailure(gone -> followed.remove(peer.id()));
    }

    private void read(String peer, HttpClientResponse response) {
        if (isClosed) {
            response.request().reset();
            return;
        }
        open.add(response);
        response.exceptionHandler(broken -> ended(peer, response));
        response.handler(RecordParser.newDelimited("\n", json -> take(peer, json)));
        response.endHandler(end -> ended(peer, response));
    }

    private void take(String peer, Buffer json) {
        if (json.length() > 0) {
            NumberedLine line = Json.read(json, NumberedLine.class);
            last.merge(peer, line.sequence(), Math::max);
            session.offer(line);
        }
    }

    private void ended(String peer, HttpClientResponse response) {
        open.remove(response);
        followed.remove(peer);
    }
}
