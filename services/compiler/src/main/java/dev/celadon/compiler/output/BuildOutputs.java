package dev.celadon.compiler.output;

import dev.celadon.compiler.store.BuildStore;
import dev.celadon.runtime.BlobStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The outputs of the builds that run here, and the stored ones of those that ended: one URL serves both. */
public final class BuildOutputs {
    private final Vertx vertx;
    private final BlobStore blobs;
    private final BuildStore builds;
    private final Map<UUID, LiveOutput> live = new ConcurrentHashMap<>();

    public BuildOutputs(Vertx vertx, BlobStore blobs, BuildStore builds) {
        this.vertx = vertx;
        this.blobs = blobs;
        this.builds = builds;
    }

    /** Begins the output of a build in its directory, from nothing. */
    public Future<LiveOutput> begin(UUID buildId, Path directory) {
        return LiveOutput.create(vertx, directory.resolve("output")).onSuccess(output -> live.put(buildId, output));
    }

    /** Puts what was printed into the blob store; watchers go on reading the file they have open. */
    public Future<String> store(LiveOutput output) {
        return output.flush()
                .compose(flushed -> vertx.executeBlocking(() -> copy(output.path()), false))
                .compose(blobs::put)
                .map(BlobStore.Blob::sha256);
    }

    /** Watchers get their end only now, so that whoever sees it finds the build's last word in the store. */
    public Future<Void> end(UUID buildId, LiveOutput output) {
        return output.end().onComplete(ended -> live.remove(buildId, output));
    }

    /** {@code GET /compiler/builds/:id/output}. */
    public void serve(RoutingContext context) {
        Optional<UUID> buildId = buildId(context);
        if (buildId.isEmpty()) {
            notFound(context);
            return;
        }
        context.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8");
        LiveOutput running = live.get(buildId.get());
        if (running == null) {
            serveStored(context, buildId.get());
            return;
        }
        context.response().setChunked(true);
        OutputReader.send(vertx, running, context.response())
                .onFailure(cause -> context.response().reset());
    }

    /** The path's build, when it is one. */
    public static Optional<UUID> buildId(RoutingContext context) {
        try {
            return Optional.of(UUID.fromString(context.pathParam("id")));
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }

    public static void notFound(RoutingContext context) {
        context.response().setStatusCode(404).end("no such build\n");
    }

    private void serveStored(RoutingContext context, UUID buildId) {
        builds.outputSha256(buildId)
                .map(found -> found.map(blobs::path))
                .onSuccess(found -> found.ifPresentOrElse(
                        blob -> context.response().sendFile(blob.toString()).onFailure(gone -> notFound(context)),
                        () -> notFound(context)))
                .onFailure(context::fail);
    }

    private static Path copy(Path output) throws IOException {
        Path copy = output.resolveSibling("output.stored");
        Files.deleteIfExists(copy);
        return Files.createLink(copy, output);
    }
}
