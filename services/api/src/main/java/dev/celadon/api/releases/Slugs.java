package dev.celadon.api.releases;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.BlobStore;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.UUID;

/** {@code /apps/:app/slugs/:slug}: what a release runs, and its bytes (a squashfs image) under a signed URL. */
public final class Slugs {
    private static final String PURPOSE = "slug-blob";

    private final Apps apps;
    private final Database database;
    private final SecretKeys keys;
    private final BlobStore blobs;

    public Slugs(Apps apps, Database database, SecretKeys keys, BlobStore blobs) {
        this.apps = apps;
        this.database = database;
        this.keys = keys;
        this.blobs = blobs;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.GET, "/apps/:app/slugs/:slug", this::show);
        endpoints.raw(HttpMethod.GET, "/slugs/:sha256/:signature", this::send);
    }

    private Future<Answer> show(Request request) {
        return apps.find(request)
                .compose(app -> database.first("""
                        select id, sha256, bytes, process_types::text as process_types, buildpack, commit_sha, stack, created_at
                        from api.slugs where app_id = $1 and id = $2
                        """, Tuple.of(app.id(), request.id("slug")), row -> json(request, row)))
                .map(found -> Answer.ok(found.orElseThrow(() -> ApiException.notFound("slug"))));
    }

    private void send(RoutingContext context) {
        String sha256 = context.pathParam("sha256");
        if (!keys.isSigned(PURPOSE, sha256, context.pathParam("signature"))) {
            context.response().setStatusCode(404).end("There is no such slug.\n");
            return;
        }
        context.response()
                .putHeader("Content-Type", "application/octet-stream")
                .sendFile(blobs.path(sha256).toString())
                .onFailure(gone -> context.response().setStatusCode(404).end());
    }

    private ObjectNode json(Request request, Row row) {
        UUID id = row.getUUID("id");
        String sha256 = row.getString("sha256");
        String time = Representation.time(row.getOffsetDateTime("created_at"));
        ObjectNode json = Representation.identified(id);
        json.putObject("blob")
                .put("method", "get")
                .put("url", Bases.of(request) + "/slugs/" + sha256 + "/" + keys.sign(PURPOSE, sha256));
        json.put("buildpack_provided_description", row.getString("buildpack")).put("checksum", "SHA256:" + sha256);
        json.put("commit", row.getString("commit_sha")).putNull("commit_description");
        json.put("size", row.getLong("bytes"));
        json.set(
                "process_types",
                Json.mapper().valueToTree(Json.read(Buffer.buffer(row.getString("process_types")), Map.class)));
        String stack = row.getString("stack");
        json.set("stack", Representation.named(Representation.idOf("stack " + stack), stack));
        return json.put("created_at", time).put("updated_at", time);
    }
}
