package dev.celadon.api.domain;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an {@code Authorization} header brings: a bearer token, or a user name and a secret. */
public record Credentials(Optional<String> user, String secret) {
    public static Credentials parse(@Nullable String header) {
        if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return new Credentials(Optional.empty(), header.substring(7).strip());
        }
        if (header != null && header.regionMatches(true, 0, "Basic ", 0, 6)) {
            try {
                byte[] pair = Base64.getDecoder().decode(header.substring(6).strip());
                String text = new String(pair, StandardCharsets.UTF_8);
                int colon = text.indexOf(':');
                return new Credentials(
                        Optional.of(text.substring(0, Math.max(0, colon))).filter(user -> !user.isEmpty()),
                        text.substring(colon + 1));
            } catch (IllegalArgumentException notBase64) {
                return new Credentials(Optional.empty(), "");
            }
        }
        return new Credentials(Optional.empty(), "");
    }
}
