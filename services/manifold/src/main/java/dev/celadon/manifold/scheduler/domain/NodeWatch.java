package dev.celadon.manifold.scheduler.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which nodes are lost: those whose word did not change while this leader watched for long enough. A gap in its own
 * watching (it just became leader, the store was away) proves nothing against a node, so the clocks start anew.
 */
public final class NodeWatch {
    private final Duration loss;
    private final Map<String, Sight> sights = new HashMap<>();
    private Instant lastLook = Instant.MIN;

    private record Sight(Instant word, Instant since) {}

    public NodeWatch(Duration loss) {
        this.loss = loss;
    }

    /** @param words when each node last sent a heartbeat, by whatever clock */
    public Set<String> lost(Map<String, Instant> words, Instant now) {
        if (lastLook.equals(Instant.MIN) || Duration.between(lastLook, now).compareTo(loss.dividedBy(2)) > 0) {
            sights.clear();
        }
        lastLook = now;
        sights.keySet().retainAll(words.keySet());
        Set<String> lost = new HashSet<>();
        words.forEach((node, word) -> {
            Sight before = sights.get(node);
            if (before == null || !before.word().equals(word)) {
                sights.put(node, new Sight(word, now));
            } else if (!now.isBefore(before.since().plus(loss))) {
                lost.add(node);
            }
        });
        return lost;
    }

    /** Forgets what was seen: leadership was lost in between. */
    public void reset() {
        lastLook = Instant.MIN;
    }
}
