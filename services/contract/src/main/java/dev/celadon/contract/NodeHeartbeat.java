package dev.celadon.contract;

import java.util.List;

/**
 * A node's word to the scheduler, over internal HTTP: who it is, what it can carry, and every dyno it has. A dyno
 * that is missing here does not run.
 *
 * @param capacityMb memory it offers to dynos, MiB
 */
public record NodeHeartbeat(String nodeId, String zone, int capacityMb, List<DynoReport> dynos) {
    public NodeHeartbeat {
        dynos = List.copyOf(dynos);
    }
}
