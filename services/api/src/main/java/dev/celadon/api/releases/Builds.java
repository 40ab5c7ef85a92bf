package dev.celadon.api.releases;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.SourceBlob;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Body;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.contract.BuildRequested;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.InternalHttp;
import dev.celadon.runtime.Members;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.UUID;

/** {@code /apps/:app/builds}: builds of pushes and of source tarballs, which are asked for here. */
public final class Builds {
    private static final Duration CANCEL_LIMIT = Duration.ofSeconds(5);
    /** A request that no compiler has taken up is a build that waits. */
    private static final String SELECT = """
            select coalesce(v.id, q.id) as id, coalesce(v.status, q.status) as status, q.source_url, q.version,
                   q.version_description, q.checksum, v.commit_sha, v.slug_id, coalesce(v.created_at, q.created_at) as created_at,
                   coalesce(v.updated_at, q.updated_at) as updated_at, coalesce(a.email, v.account_email) as email, a.id as account_id,
                   (select r.id from api.releases r where r.build_id = coalesce(v.id, q.id)) as release_id
            from (select * from compiler.v_builds where app_id = $1) v
            full join (select * from api.build_requests where app_id = $1) q on q.id = v.id
            left join api.accounts a on a.email = v.account_email or a.id = q.account_id
            """;

    private final Apps apps;
    private final Database database;
    private final Bus bus;
    private final AppLog appLog;
    private final Outputs outputs;
    private final InternalHttp internal;
    private final Members members;

    public Builds(
            Apps apps,
            Database database,
            Bus bus,
            AppLog appLog,
            Outputs outputs,
            InternalHttp internal,
            Members members) {
        this.apps = apps;
        this.database = database;
        this.bus = bus;
        this.appLog = appLog;
        this.outputs = outputs;
        this.internal = internal;
        this.members = members;
    }

    public void mount(Endpoints endpoints) {
        String one = "/apps/:app/builds/:build";
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/builds",
                request -> apps.find(request)
                        .compose(app -> database.list(
                                SELECT + " order by created_at desc limit 1000",
                                Tuple.of(app.id()),
                                row -> json(request, app, row)))
                        .map(found -> Answer.list(found, "created_at", "id")));
        endpoints.add(HttpMethod.POST, "/apps/:app/builds", this::create);
        endpoints.add(
                HttpMethod.GET,
                one,
                request -> apps.find(request)
                        .compose(app -> find(request, app, request.id("build")))
                        .map(Answer::ok));
        endpoints.add(HttpMethod.DELETE, one, this::cancel);
    }

    private Future<Answer> create(Request request) {
        Body source = request.body().object("source_blob");
        String url = source.required("url");
        String checksum = source.text("checksum").orElse(null);
        SourceBlob.problem(url, checksum).ifPresent(problem -> {
            throw ApiException.invalid("source_blob." + problem);
        });
        return apps.find(request)
                .compose(app -> database.first(
                                """
                        insert into api.build_requests (app_id, account_id, source_url, version, version_description, checksum)
                        values ($1, $2, $3, $4, $5, $6) returning id
                        """,
                                Tuple.of(
                                                app.id(),
                                                request.caller().accountId(),
                                                url,
                                                source.text("version").orElse(null))
                                        .addString(source.text("version_description")
                                                .orElse(null))
                                        .addString(checksum),
                                row -> row.getUUID("id"))
                        .map(id -> id.orElseThrow())
                        .onSuccess(id -> {
                            bus.publish(Topic.BUILD_REQUESTED, new BuildRequested(id, app.id()));
                            appLog.platform(
                                    app.id(),
                                    "api",
                                    "Build started by user " + request.caller().email());
                        })
                        .compose(id -> find(request, app, id))
                        .map(build -> Answer.created(build).change("api:build", "create")));
    }

    private Future<Answer> cancel(Request request) {
        UUID id = request.id("build");
        return apps.find(request)
                .compose(app -> find(request, app, id)
                        .compose(build -> {
                            if (!build.get("status").asText().equals("pending")) {
                                throw ApiException.invalid("This build has ended already.");
                            }
                            return database.execute(
                                    "update api.build_requests set status = 'failed', updated_at = now() where id = $1",
                                    Tuple.of(id));
                        })
                        .compose(done -> members.any("compiler")
                                .<Future<?>>map(compiler -> internal.call(
                                                HttpMethod.DELETE,
                                                compiler.url() + "/compiler/builds/" + id,
                                                CANCEL_LIMIT)
                                        .send())
                                .orElseGet(Future::succeededFuture))
                        .compose(done -> find(request, app, id))
                        .map(Answer::ok));
    }

    private Future<ObjectNode> find(Request request, App app, UUID id) {
        return database.first(
                        "select * from (" + SELECT + ") b where b.id = $2",
                        Tuple.of(app.id(), id),
                        row -> json(request, app, row))
                .map(found -> found.orElseThrow(() -> ApiException.notFound("build")));
    }

    private ObjectNode json(Request request, App app, Row row) {
        UUID id = row.getUUID("id");
        ObjectNode json = Representation.identified(id);
        json.set("app", Representation.identified(app.id()));
        json.putArray("buildpacks");
        json.put("output_stream_url", outputs.url(request, Outputs.Kind.BUILDS, id));
        String version = row.getString("version");
        json.putObject("source_blob")
                .put("url", row.getString("source_url") == null ? "" : row.getString("source_url"))
                .put("version", version == null ? row.getString("commit_sha") : version)
                .put("version_description", row.getString("version_description"))
                .put("checksum", row.getString("checksum"));
        UUID release = row.getUUID("release_id");
        json.set("release", release == null ? null : Representation.identified(release));
        UUID slug = row.getUUID("slug_id");
        json.set("slug", slug == null ? null : Representation.identified(slug));
        json.put("stack", app.buildStack()).put("status", status(row.getString("status")));
        json.set("user", Representation.user(row.getUUID("account_id"), row.getString("email")));
        json.put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
        return json.put("updated_at", Representation.time(row.getOffsetDateTime("updated_at")));
    }

    private static String status(String compilers) {
        return switch (compilers) {
            case "succeeded" -> "succeeded";
            case "failed", "cancelled" -> "failed";
            default -> "pending";
        };
    }
}
