package dev.celadon.contract;

import java.util.UUID;

/** An app was created, renamed, put in maintenance or deleted; its row in {@code api.apps} (or the lack of it) is the fact. */
public record AppChanged(UUID appId) {}
