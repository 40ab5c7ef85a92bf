package dev.celadon.manifold.oneoffs.domain;

import dev.celadon.contract.DynoState;
import java.util.UUID;

/** A one-off dyno that was placed and has not ended, as its row has it. */
public record OneOff(UUID id, UUID appId, String name, String nodeId, int memoryMb, DynoState state) {}
