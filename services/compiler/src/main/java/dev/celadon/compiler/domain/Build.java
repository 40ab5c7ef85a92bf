package dev.celadon.compiler.domain;

import java.util.Optional;
import java.util.UUID;

/**
 * A claimed build.
 *
 * @param id the push's, or the request's
 * @param source where its tree is fetched from
 * @param attempt which claim this is; an older claim writes nothing any more
 */
public record Build(UUID id, UUID appId, String commitSha, String accountEmail, Source source, int attempt) {
    /**
     * @param url of a tar on internal HTTP, or of the archive that somebody named
     * @param isArchive whether somebody named it: fetched without our credentials, and the tree may be one level down
     * @param checksum {@code SHA256:hex} that the archive must have
     */
    public record Source(String url, boolean isArchive, Optional<String> checksum) {}
}
