package dev.celadon.contract;

import java.util.List;

/**
 * The answer to a router's {@code GET /manifold/routes?since=R}: every entry changed after {@code since}, and the
 * revision the router has once it applied them.
 */
public record RoutingTable(long since, long revision, List<Route> routes) {
    public RoutingTable {
        routes = List.copyOf(routes);
    }
}
