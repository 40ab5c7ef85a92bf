package dev.celadon.api.pipelines;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/** {@code /pipeline-couplings}: which app is at which stage of which pipeline; an app is in one at most. */
public final class Couplings {
    private static final List<String> STAGES = List.of("test", "review", "development", "staging", "production");
    private static final String SELECT = """
            select c.id, c.app_id, a.name as app_name, c.pipeline_id, p.name as pipeline_name, c.stage, c.created_at, c.updated_at
            from api.pipeline_couplings c join api.pipelines p on p.id = c.pipeline_id join api.apps a on a.id = c.app_id
            where exists (select 1 from api.v_app_access x where x.app_id = c.app_id and x.account_id = $1)
            """;

    private final Apps apps;
    private final Pipelines pipelines;
    private final Database database;

    public Couplings(Apps apps, Pipelines pipelines, Database database) {
        this.apps = apps;
        this.pipelines = pipelines;
        this.database = database;
    }

    public void mount(Endpoints endpoints) {
        String one = "/pipeline-couplings/:coupling";
        endpoints.add(HttpMethod.GET, "/pipeline-couplings", request -> list(request, "", ""));
        endpoints.add(HttpMethod.GET, "/users/:user/pipeline-couplings", request -> {
            request.requireSelf("user");
            return list(request, "", "");
        });
        endpoints.add(
                HttpMethod.GET,
                "/pipelines/:pipeline/pipeline-couplings",
                request -> pipelines
                        .find(request, request.parameter("pipeline"))
                        .compose(found -> list(
                                request,
                                " and c.pipeline_id::text = $2",
                                found.get("id").asText())));
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/pipeline-couplings",
                request -> apps.find(request)
                        .compose(app -> find(
                                request, " and c.app_id::text = $2", app.id().toString()))
                        .map(Answer::ok));
        endpoints.add(HttpMethod.POST, "/pipeline-couplings", this::create);
        endpoints.add(HttpMethod.GET, one, request -> find(request).map(Answer::ok));
        endpoints.add(HttpMethod.PATCH, one, this::update);
        endpoints.add(
                HttpMethod.DELETE,
                one,
                request -> find(request)
                        .compose(found -> database.execute(
                                        "delete from api.pipeline_couplings where id = $1",
                                        Tuple.of(Pipelines.id(found)))
                                .map(done -> Answer.ok(found))));
    }

    private Future<Answer> create(Request request) {
        String stage = stage(request);
        String pipeline = request.body()
                .text("pipeline")
                .orElseThrow(() -> ApiException.invalid("pipeline: missing (expected: its id or name)"));
        return apps.find(request, request.body().required("app"))
                .compose(app -> pipelines
                        .find(request, pipeline)
                        .compose(found -> database.execute(
                                "insert into api.pipeline_couplings (pipeline_id, app_id, stage) values ($1, $2, $3)",
                                Tuple.of(Pipelines.id(found), app.id(), stage)))
                        .recover(cause -> Future.failedFuture(
                                Database.isUniqueViolation(cause)
                                        ? ApiException.invalid(app.name() + " is already in a pipeline.")
                                        : cause))
                        .compose(done -> find(
                                request, " and c.app_id::text = $2", app.id().toString())))
                .map(Answer::created);
    }

    private Future<Answer> update(Request request) {
        String stage = stage(request);
        return find(request)
                .compose(found -> database.execute(
                        "update api.pipeline_couplings set stage = $2, updated_at = now() where id = $1",
                        Tuple.of(Pipelines.id(found), stage)))
                .compose(done -> find(request))
                .map(Answer::ok);
    }

    private static String stage(Request request) {
        String stage = request.body().required("stage");
        if (!STAGES.contains(stage)) {
            throw ApiException.invalid("stage: " + stage + " (expected: one of " + String.join(", ", STAGES) + ")");
        }
        return stage;
    }

    private Future<Answer> list(Request request, String condition, String value) {
        UUID account = request.caller().accountId();
        return database.list(
                        SELECT + condition + " order by p.name, a.name",
                        condition.isEmpty() ? Tuple.of(account) : Tuple.of(account, value),
                        Couplings::json)
                .map(found -> Answer.list(found, "id", "created_at"));
    }

    private Future<ObjectNode> find(Request request) {
        return find(request, " and c.id::text = $2", request.parameter("coupling"));
    }

    private Future<ObjectNode> find(Request request, String condition, String value) {
        return database.first(SELECT + condition, Tuple.of(request.caller().accountId(), value), Couplings::json)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("pipeline coupling")));
    }

    private static ObjectNode json(Row row) {
        ObjectNode json = Representation.identified(row.getUUID("id")).put("stage", row.getString("stage"));
        json.set("app", Representation.named(row.getUUID("app_id"), row.getString("app_name")));
        json.set("pipeline", Representation.named(row.getUUID("pipeline_id"), row.getString("pipeline_name")));
        json.put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
        return json.put("updated_at", Representation.time(row.getOffsetDateTime("updated_at")));
    }
}
