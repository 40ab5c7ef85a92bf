package dev.celadon.contract;

import java.util.List;

/**
 * A node's word about its one-off dynos, over internal HTTP; one that is missing here does not run.
 *
 * @param terminalPort where the node takes their terminals
 */
public record OneOffReports(String nodeId, int terminalPort, List<DynoReport> dynos) {
    public OneOffReports {
        dynos = List.copyOf(dynos);
    }
}
