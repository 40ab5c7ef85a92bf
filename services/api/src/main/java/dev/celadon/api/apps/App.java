package dev.celadon.api.apps;

import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An app as its row has it.
 *
 * @param stack of the running slug, or what it will be
 * @param buildStack for the next build
 * @param slugBytes of the running slug
 */
public record App(
        UUID id,
        String name,
        String stack,
        String buildStack,
        boolean isInMaintenance,
        boolean hasAcm,
        UUID ownerId,
        String ownerEmail,
        String webUrl,
        @Nullable Long slugBytes,
        @Nullable String buildpack,
        @Nullable OffsetDateTime releasedAt,
        OffsetDateTime createdAt,
        OffsetDateTime updatedAt) {}
