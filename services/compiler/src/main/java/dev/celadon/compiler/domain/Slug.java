package dev.celadon.compiler.domain;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a build made: an image in the blob store and how to run it.
 *
 * @param processTypes type → command, in the order they are shown
 * @param appJson the source's {@code app.json}
 * @param buildpack the name its detect printed: {@code Node.js}
 */
public record Slug(
        UUID id,
        String sha256,
        long bytes,
        Map<String, String> processTypes,
        String buildpack,
        String stack,
        Optional<String> appJson) {}
