package dev.celadon.api.domain;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What a webhook can listen to, where it can be, and when a delivery is tried again. */
public final class WebhookRules {
    public static final List<String> ENTITIES = List.of(
            "api:addon-attachment",
            "api:addon",
            "api:app",
            "api:build",
            "api:collaborator",
            "api:domain",
            "api:dyno",
            "api:formation",
            "api:release",
            "api:sni-endpoint",
            "dyno");

    private static final int MOST_DOUBLINGS = 12;

    private WebhookRules() {}

    /** What is wrong with the list, if anything. */
    public static Optional<String> problem(Collection<String> include) {
        if (include.isEmpty()) {
            return Optional.of("include: empty (expected: some of " + String.join(", ", ENTITIES) + ")");
        }
        return include.stream()
                .filter(entity -> !ENTITIES.contains(entity))
                .findFirst()
                .map(entity -> "include: " + entity + " (expected: some of " + String.join(", ", ENTITIES) + ")");
    }

    /** What is wrong with the URL, if anything. */
    public static Optional<String> urlProblem(String url) {
        try {
            URI uri = new URI(url);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return isHttp && uri.getHost() != null
                    ? Optional.empty()
                    : Optional.of("url: " + url + " (expected: http:// or https://)");
        } catch (URISyntaxException malformed) {
            return Optional.of("url: " + url + " is no URL: " + malformed.getReason());
        }
    }

    /**
     * The wait before the next attempt, doubled each time; empty when there is none: a {@code notify} webhook is told
     * once, a {@code sync} one until {@code most} attempts were made.
     *
     * @param attempts made so far
     */
    public static Optional<Duration> nextAttempt(String level, int attempts, int most, Duration first) {
        if (level.equals("notify") || attempts >= most) {
            return Optional.empty();
        }
        return Optional.of(first.multipliedBy(1L << Math.min(MOST_DOUBLINGS, Math.max(0, attempts - 1))));
    }
}
