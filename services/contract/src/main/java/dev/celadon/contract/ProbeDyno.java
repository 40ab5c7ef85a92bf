package dev.celadon.contract;

import java.util.UUID;

/** The scheduler's question to a node: does this dyno accept a connection at its port? */
public record ProbeDyno(UUID dynoId) {}
