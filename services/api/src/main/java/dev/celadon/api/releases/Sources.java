package dev.celadon.api.releases;

import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * {@code POST /sources}: a place for a source tarball, with a URL to put it and one to get it, each its own secret. What
 * is put stays for a day on the process that took it.
 */
public final class Sources {
    private static final Duration KEPT = Duration.ofDays(1);
    private static final String PUT = "source-put";
    private static final String GET = "source-get";

    private final Vertx vertx;
    private final Apps apps;
    private final SecretKeys keys;
    private final Clock clock;
    private final Path directory;
    private final long most;

    /** @param most bytes of one tarball */
    public Sources(Vertx vertx, Apps apps, SecretKeys keys, Clock clock, Path directory, long most) {
        this.vertx = vertx;
        this.apps = apps;
        this.keys = keys;
        this.clock = clock;
        this.directory = directory;
        this.most = most;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.POST, "/sources", request -> Future.succeededFuture(create(request)));
        endpoints.add(
                HttpMethod.POST,
                "/apps/:app/sources",
                request -> apps.find(request).map(app -> create(request)));
        endpoints.raw(HttpMethod.PUT, "/sources/:source/:signature", this::put);
        endpoints.raw(HttpMethod.GET, "/sources/:source/:signature", this::get);
    }

    /** Deletes what nobody will build any more. */
    public Future<Void> sweep() {
        return vertx.executeBlocking(
                () -> {
                    Files.createDirectories(directory);
                    try (Stream<Path> files = Files.list(directory)) {
                        for (Path file : files.toList()) {
                            if (Files.getLastModifiedTime(file)
                                    .toInstant()
                                    .isBefore(clock.instant().minus(KEPT))) {
                                Files.deleteIfExists(file);
                            }
                        }
                    }
                    return null;
                },
                false);
    }

    private Answer create(Request request) {
        UUID id = UUID.randomUUID();
        String base = Bases.of(request) + "/sources/" + id + "/";
        var json = Representation.object();
        json.putObject("source_blob")
                .put("get_url", base + keys.sign(GET, id.toString()))
                .put("put_url", base + keys.sign(PUT, id.toString()));
        return Answer.created(json);
    }

    /** Into a file beside, named when it is whole: a source is there or not. */
    private void put(RoutingContext context) {
        if (!isSigned(context, PUT)) {
            return;
        }
        HttpServerRequest request = context.request().pause();
        Path target = directory.resolve(context.pathParam("source"));
        Path part = directory.resolve(UUID.randomUUID() + ".part");
        long[] taken = {0};
        vertx.fileSystem()
                .mkdirs(directory.toString())
                .compose(made -> vertx.fileSystem().open(part.toString(), new OpenOptions().setCreateNew(true)))
                .compose(file -> request.pipe().to(new CountedFile(file, most, taken)))
                .compose(written -> vertx.executeBlocking(() -> move(part, target), false))
                .onSuccess(done -> context.response().setStatusCode(200).end())
                .onFailure(cause -> {
                    vertx.fileSystem().delete(part.toString());
                    if (!context.response().headWritten()) {
                        context.response()
                                .setStatusCode(taken[0] > most ? 413 : 500)
                                .putHeader("Connection", "close")
                                .end(
                                        taken[0] > most
                                                ? "The source is too large.\n"
                                                : "The source could not be taken.\n");
                    }
                });
    }

    private void get(RoutingContext context) {
        if (isSigned(context, GET)) {
            context.response()
                    .putHeader("Content-Type", "application/octet-stream")
                    .sendFile(directory.resolve(context.pathParam("source")).toString())
                    .onFailure(absent -> tell(context, "Nothing was put here."));
        }
    }

    private static Path move(Path part, Path target) throws IOException {
        return Files.move(part, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private boolean isSigned(RoutingContext context, String purpose) {
        String source = context.pathParam("source");
        boolean isSigned =
                Request.idOf(source).isPresent() && keys.isSigned(purpose, source, context.pathParam("signature"));
        if (!isSigned) {
            tell(context, "There is no such source.");
        }
        return isSigned;
    }

    private static void tell(RoutingContext context, String message) {
        if (!context.response().headWritten()) {
            context.response().setStatusCode(404).end(message + "\n");
        }
    }
}
