package dev.celadon.api.releases;

import dev.celadon.api.domain.PhaseOutput;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Request;
import dev.celadon.api.processes.LogSessions;
import dev.celadon.runtime.BlobStore;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.InternalHttp;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.parsetools.RecordParser;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Tuple;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output of builds and of release phases as plain chunked text. The URL is the secret: it is signed, and asks for
 * no credentials. What a release phase printed is its lines in the app's log, kept in its row once it has ended.
 */
public final class Outputs {
    private static final Logger log = LoggerFactory.getLogger(Outputs.class);
    private static final String PURPOSE = "output-stream";
    private static final int MOST_LINES = 1_500;
    private static final long LOOK_MILLIS = 500;
    /** Lines may be on their way when their dyno has ended. */
    private static final long LATE_MILLIS = 1_500;

    private final Vertx vertx;
    private final Database database;
    private final SecretKeys keys;
    private final InternalHttp internal;
    private final BlobStore blobs;
    private final LogSessions logs;
    private final HttpClient client;

    /** What the output is of. */
    enum Kind {
        BUILDS,
        RELEASES;

        String path() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Outputs(
            Vertx vertx, Database database, SecretKeys keys, InternalHttp internal, BlobStore blobs, LogSessions logs) {
        this.vertx = vertx;
        this.database = database;
        this.keys = keys;
        this.internal = internal;
        this.blobs = blobs;
        this.logs = logs;
        this.client = internal.streamClient();
    }

    private record Phase(
            UUID appId,
            String status,
            @Nullable String dyno,
            @Nullable String output) {}

    private record Build(
            String status,
            @Nullable String url,
            @Nullable String blob,
            @Nullable String failure) {}

    public void mount(Endpoints endpoints) {
        endpoints.raw(HttpMethod.GET, "/streams/builds/:id/:signature", context -> {
            if (isSigned(context, Kind.BUILDS)) {
                build(context);
            }
        });
        endpoints.raw(HttpMethod.GET, "/streams/releases/:id/:signature", context -> {
            if (isSigned(context, Kind.RELEASES)) {
                phase(context);
            }
        });
    }

    String url(Request request, Kind kind, UUID id) {
        return Bases.of(request) + "/streams/" + kind.path() + "/" + id + "/" + keys.sign(PURPOSE, kind.path() + id);
    }

    /** Keeps what the release phase printed, when its last lines have arrived. */
    void keepSoon(Release release) {
        vertx.setTimer(
                LATE_MILLIS,
                late -> phaseOf(release.id())
                        .compose(phase -> lines(phase))
                        .compose(text -> database.execute(
                                "update api.releases set output = $2 where id = $1",
                                Tuple.of(release.id(), text.toString())))
                        .onFailure(cause -> log.atWarn()
                                .addKeyValue("release", release.id())
                                .addKeyValue("reason", cause.getMessage())
                                .log("release-output-unknown")));
    }

    private boolean isSigned(RoutingContext context, Kind kind) {
        String id = context.pathParam("id");
        boolean isSigned = Request.idOf(id).isPresent()
                && keys.isSigned(PURPOSE, kind.path() + id, context.pathParam("signature"));
        if (!isSigned) {
            refuse(context, 404, "There is no such output.");
        }
        return isSigned;
    }

    private void build(RoutingContext context) {
        String sql = "select status, output_url, output_sha256, failure from compiler.v_builds where id = $1";
        database.first(
                        sql,
                        Tuple.of(UUID.fromString(context.pathParam("id"))),
                        row -> new Build(
                                row.getString("status"),
                                row.getString("output_url"),
                                row.getString("output_sha256"),
                                row.getString("failure")))
                .onFailure(cause -> refuse(context, 503, "The output cannot be read now."))
                .onSuccess(found -> {
                    if (found.isEmpty()
                            || (found.get().url() == null && found.get().blob() == null)) {
                        // Clients ask again on 404 until the build has begun.
                        refuse(context, 404, "The build has not begun yet.");
                    } else if (found.get().blob() != null) {
                        begin(context)
                                .sendFile(blobs.path(found.get().blob()).toString())
                                .onFailure(gone -> context.response().reset());
                    } else {
                        relay(context, String.valueOf(found.get().url()));
                    }
                });
    }

    /** The compiler's own stream, byte for byte; it stays open until the build ends. */
    private void relay(RoutingContext context, String url) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url)
                .putHeader("Authorization", internal.authorization());
        client.request(options)
                .compose(request -> request.send())
                .compose(response ->
                        response.pipe().endOnFailure(false).to(begin(context).setChunked(true)))
                .onFailure(broken -> context.response().reset());
    }

    private void phase(RoutingContext context) {
        phaseOf(UUID.fromString(context.pathParam("id")))
                .onFailure(cause -> refuse(context, 404, "There is no such output."))
                .onSuccess(phase -> {
                    if (phase.output() != null) {
                        begin(context).end(phase.output());
                    } else if (phase.status().equals("pending")) {
                        follow(context, phase);
                    } else {
                        lines(phase)
                                .onSuccess(text -> begin(context).end(text))
                                .onFailure(cause -> refuse(context, 503, "The output cannot be read now."));
                    }
                });
    }

    /** Line by line as they come, until the phase has ended and its last lines had time to arrive. */
    private void follow(RoutingContext context, Phase phase) {
        UUID id = UUID.fromString(context.pathParam("id"));
        HttpServerResponse response = begin(context).setChunked(true);
        open(phase, true)
                .onSuccess(lines -> {
                    RecordParser parser = RecordParser.newDelimited("\n", lines);
                    parser.handler(line -> {
                        response.write(PhaseOutput.text(line.toString()) + "\n");
                        if (response.writeQueueFull()) {
                            parser.pause();
                            response.drainHandler(ready -> parser.resume());
                        }
                    });
                    parser.exceptionHandler(over -> {});
                    long timer = vertx.setPeriodic(
                            LOOK_MILLIS,
                            look -> phaseOf(id).onSuccess(now -> {
                                if (!now.status().equals("pending") && vertx.cancelTimer(look)) {
                                    vertx.setTimer(LATE_MILLIS, late -> {
                                        response.end();
                                        lines.request().reset();
                                    });
                                }
                            }));
                    response.closeHandler(gone -> {
                        vertx.cancelTimer(timer);
                        lines.request().reset();
                    });
                })
                .onFailure(cause -> response.end("The output cannot be followed now.\n"));
    }

    private Future<Buffer> lines(Phase phase) {
        return open(phase, false).compose(HttpClientResponse::body).map(body -> {
            Buffer text = Buffer.buffer();
            body.toString()
                    .lines()
                    .forEach(line -> text.appendString(PhaseOutput.text(line)).appendString("\n"));
            return text;
        });
    }

    private Future<HttpClientResponse> open(Phase phase, boolean isFollowing) {
        String url = logs.url(phase.appId(), MOST_LINES, "app", phase.dyno(), isFollowing, null);
        return client.request(new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(url))
                .compose(request -> request.send());
    }

    private Future<Phase> phaseOf(UUID release) {
        return database.first(
                        """
                        select r.app_id, r.status, o.name, r.output from api.releases r
                        join api.one_offs o on o.id = r.phase_id where r.id = $1
                        """,
                        Tuple.of(release),
                        row -> new Phase(
                                row.getUUID("app_id"),
                                row.getString("status"),
                                row.getString("name"),
                                row.getString("output")))
                .map(found -> found.orElseThrow());
    }

    private static HttpServerResponse begin(RoutingContext context) {
        return context.response().putHeader("Content-Type", "text/plain; charset=utf-8");
    }

    private static void refuse(RoutingContext context, int status, String message) {
        if (!context.response().headWritten()) {
            begin(context).setStatusCode(status).end(message + "\n");
        }
    }
}
