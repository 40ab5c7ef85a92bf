package dev.celadon.manifold.agent;

import dev.celadon.contract.DynoError;
import dev.celadon.runtime.BlobStore;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;

/** Whether slugs are what their names say (R17): hashed once, as long as a dyno on this host stands on them. */
final class SlugChecks {
    private final BlobStore blobs;
    private final Map<String, Future<Void>> checks = new HashMap<>();

    SlugChecks(BlobStore blobs) {
        this.blobs = blobs;
    }

    /** Fails with {@link StartRefused} of R17 when the slug is missing or damaged. */
    Future<Void> check(String sha256) {
        return checks.computeIfAbsent(
                sha256,
                slug -> blobs.verify(slug)
                        .compose(isWhole -> isWhole
                                ? Future.<Void>succeededFuture()
                                : Future.failedFuture(new StartRefused(DynoError.R17, "Checksum does not match")))
                        .onFailure(cause -> checks.remove(slug)));
    }

    /** As {@link #check}, from its bytes of now. */
    Future<Void> recheck(String sha256) {
        forget(sha256);
        return check(sha256);
    }

    void forget(String sha256) {
        checks.remove(sha256);
    }
}
