package dev.celadon.contract;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The user's wish to restart: all dynos of an app, those of one type, or one.
 *
 * @param target {@code web.1}, {@code web}, or null for all
 * @param requestId makes repeating harmless
 */
public record RestartDynos(
        UUID requestId, UUID appId, @Nullable String target) {}
