package dev.celadon.runtime;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What a composition root is given to wire its service from; parts take only what they need of it.
 *
 * @param nodeId this process's own id, kept over restarts
 * @param dataDirectory where all state of this process lies
 * @param domain apps answer at {@code APP.<domain>}
 */
public record Platform(
        Vertx vertx,
        String nodeId,
        Path dataDirectory,
        String domain,
        Clock clock,
        Bus bus,
        Database database,
        Members members,
        InternalHttp internal,
        AppLog appLog,
        BlobStore blobs,
        Processes processes,
        SecretKeys keys,
        LocalCa ca,
        PrometheusMeterRegistry meters) {}
