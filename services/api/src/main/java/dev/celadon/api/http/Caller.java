package dev.celadon.api.http;

import java.util.UUID;

/** Who asks. */
public record Caller(UUID accountId, String email) {}
