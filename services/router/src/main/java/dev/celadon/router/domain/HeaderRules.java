package dev.celadon.router.domain;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which headers pass, and which request ids (FACTS of the field's router; RFC 9110 section 7.6.1). */
public final class HeaderRules {
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9+/=-]{20,200}");

    private HeaderRules() {}

    /** Hop-by-hop headers, and those the Connection header names, end at the router. */
    public static boolean passes(String name, List<String> connectionNames) {
        String lower = name.toLowerCase(Locale.ROOT);
        return !HOP_BY_HOP.contains(lower) && !connectionNames.contains(lower);
    }

    /** The client's own id when it is well formed. */
    public static Optional<String> requestId(String given) {
        return REQUEST_ID.matcher(given).matches() ? Optional.of(given) : Optional.empty();
    }
}
