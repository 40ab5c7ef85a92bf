package dev.celadon.api.releases;

import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A release as its row has it.
 *
 * @param status {@code pending} in its release phase, then {@code succeeded}, {@code failed} or {@code expired}
 * @param phaseId the one-off dyno of its release phase, if it has one
 */
public record Release(
        UUID id,
        UUID appId,
        String appName,
        int version,
        String description,
        @Nullable UUID slugId,
        UUID configId,
        String status,
        @Nullable UUID phaseId,
        OffsetDateTime createdAt,
        OffsetDateTime updatedAt,
        String email,
        @Nullable UUID accountId,
        boolean isCurrent) {
    public boolean isPending() {
        return status.equals("pending");
    }

    public boolean canBeRolledBackTo() {
        return slugId != null && status.equals("succeeded");
    }
}
