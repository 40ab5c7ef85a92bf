package dev.celadon.api.http;

import java.util.List;
import java.util.UUID;

/**
 * Who asks.
 *
 * @param tokenId of the token, another one after each rotation; nobody's for a password
 * @param scopes what the token may be used for
 */
public record Caller(UUID accountId, String email, boolean isAdmin, UUID tokenId, List<String> scopes) {
    public static final UUID NOBODY = new UUID(0, 0);

    /** Where no credentials are asked for. */
    public static final Caller ANYBODY = new Caller(NOBODY, "", false, NOBODY, List.of());

    public Caller {
        scopes = List.copyOf(scopes);
    }
}
