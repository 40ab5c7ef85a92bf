package dev.celadon.contract;

import java.util.UUID;

/** An app wants other counts or sizes. A hint only: the rows in {@code api.formation} are the fact. */
public record FormationChanged(UUID appId) {}
