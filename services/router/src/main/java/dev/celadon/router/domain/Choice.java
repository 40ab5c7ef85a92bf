package dev.celadon.router.domain;

import dev.celadon.contract.Route.Backend;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Which dyno gets a request: of two at random the one with fewer in flight. State of one event loop. */
public final class Choice {
    private final RandomGenerator random;
    private final long quarantineNanos;
    private final Load shared;
    private final Map<UUID, Integer> inFlight = new HashMap<>();
    private final Map<UUID, Long> quarantined = new HashMap<>();

    /** Told of each request a dyno is given and gives back, over all event loops. */
    public interface Load {
        void begun(UUID dyno);

        void ended(UUID dyno);
    }

    public Choice(RandomGenerator random, long quarantineNanos, Load shared) {
        this.shared = shared;
        this.random = random;
        this.quarantineNanos = quarantineNanos;
    }

    /** Takes one among those not tried and not quarantined; the caller gives it back with {@link #checkIn}. */
    public Optional<Backend> checkOut(List<Backend> backends, Set<UUID> tried, long nowNanos) {
        quarantined.values().removeIf(until -> nowNanos - until >= 0);
        List<Backend> free = backends.stream()
                .filter(backend -> !tried.contains(backend.dynoId()) && !quarantined.containsKey(backend.dynoId()))
                .toList();
        if (free.isEmpty()) {
            return Optional.empty();
        }
        Backend one = free.get(random.nextInt(free.size()));
        Backend other = free.get(random.nextInt(free.size()));
        Backend chosen = load(other) < load(one) ? other : one;
        inFlight.merge(chosen.dynoId(), 1, Integer::sum);
        shared.begun(chosen.dynoId());
        return Optional.of(chosen);
    }

    public void checkIn(Backend backend) {
        inFlight.computeIfPresent(backend.dynoId(), (id, count) -> count > 1 ? count - 1 : null);
        shared.ended(backend.dynoId());
    }

    /** It refused or did not answer a connection. */
    public void quarantine(Backend backend, long nowNanos) {
        quarantined.put(backend.dynoId(), nowNanos + quarantineNanos);
    }

    public int requestsInFlight() {
        return inFlight.values().stream().mapToInt(Integer::intValue).sum();
    }

    private int load(Backend backend) {
        return inFlight.getOrDefault(backend.dynoId(), 0);
    }
}
