package dev.celadon.api.apps;

import java.time.OffsetDateTime;
import java.util.UUID;

/** An app as its row has it. */
public record App(
        UUID id,
        String name,
        String stack,
        boolean isInMaintenance,
        UUID ownerId,
        String ownerEmail,
        String webUrl,
        OffsetDateTime createdAt,
        OffsetDateTime updatedAt) {}
