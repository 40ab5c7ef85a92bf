package dev.celadon.contract;

import java.util.List;
import java.util.UUID;

/**
 * A router's word to the manifold, over internal HTTP: by which table it routes, which apps had requests since its last
 * report, and which dynos that left its table still answer requests of it.
 *
 * @param revision of the table in use; a dyno withdrawn at or before it gets no new request from this router
 * @param active apps with a request since the last report, or one in flight
 * @param draining dynos that are no longer in the table and have requests in flight
 */
public record RouterReport(String routerId, long revision, List<UUID> active, List<UUID> draining) {
    public RouterReport {
        active = List.copyOf(active);
        draining = List.copyOf(draining);
    }
}
