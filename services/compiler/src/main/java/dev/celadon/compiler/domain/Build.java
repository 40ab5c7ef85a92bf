package dev.celadon.compiler.domain;

import java.util.UUID;

/**
 * A claimed build.
 *
 * @param id the push's
 * @param sourceUrl tar of the pushed tree, on internal HTTP
 * @param attempt which claim this is; an older claim writes nothing any more
 */
public record Build(UUID id, UUID appId, String commitSha, String accountEmail, String sourceUrl, int attempt) {}
