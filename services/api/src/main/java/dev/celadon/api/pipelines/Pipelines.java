package dev.celadon.api.pipelines;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.domain.AppNames;
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
import java.util.UUID;

/** {@code /pipelines}: seen by their owner and by whoever has an app in them. */
public final class Pipelines {
    private static final String SELECT = """
            select p.id, p.name, p.owner_id, p.created_at, p.updated_at from api.pipelines p
            where (p.owner_id = $1 or exists (
              select 1 from api.pipeline_couplings c join api.v_app_access x on x.app_id = c.app_id
              where c.pipeline_id = p.id and x.account_id = $1))
            """;

    private final Database database;

    public Pipelines(Database database) {
        this.database = database;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.GET, "/pipelines", this::list);
        endpoints.add(HttpMethod.POST, "/pipelines", this::create);
        endpoints.add(
                HttpMethod.GET,
                "/pipelines/:pipeline",
                request -> find(request, request.parameter("pipeline")).map(Answer::ok));
        endpoints.add(HttpMethod.PATCH, "/pipelines/:pipeline", this::rename);
        endpoints.add(HttpMethod.DELETE, "/pipelines/:pipeline", this::delete);
    }

    /** By name or id. */
    Future<ObjectNode> find(Request request, String nameOrId) {
        return database.first(
                        SELECT + " and (p.name = $2 or p.id::text = $2)",
                        Tuple.of(request.caller().accountId(), nameOrId),
                        Pipelines::json)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("pipeline")));
    }

    Future<ObjectNode> owned(Request request, String nameOrId) {
        return find(request, nameOrId).map(found -> {
            if (!found.get("owner")
                    .get("id")
                    .asText()
                    .equals(request.caller().accountId().toString())) {
                throw ApiException.forbidden("Only the owner of this pipeline may do that.");
            }
            return found;
        });
    }

    static UUID id(ObjectNode json) {
        return UUID.fromString(json.get("id").asText());
    }

    /** {@code ?eq[name]=x} asks for one by name. */
    private Future<Answer> list(Request request) {
        String name = request.query("eq[name]").orElse("");
        return database.list(
                        SELECT + " and ($2 = '' or p.name = $2) order by p.name",
                        Tuple.of(request.caller().accountId(), name),
                        Pipelines::json)
                .map(found -> Answer.list(found, "name", "id", "updated_at"));
    }

    private Future<Answer> create(Request request) {
        String owner = request.body()
                .object("owner")
                .text("id")
                .orElse(request.caller().accountId().toString());
        if (!owner.equals(request.caller().accountId().toString())) {
            throw ApiException.invalid("owner: " + owner + " (expected: your own account)");
        }
        String name = checked(request.body().required("name"));
        return database.first("""
                        insert into api.pipelines (name, owner_id) values ($1, $2)
                        returning id, name, owner_id, created_at, updated_at
                        """, Tuple.of(name, request.caller().accountId()), Pipelines::json)
                .recover(cause -> Future.failedFuture(taken(cause, name)))
                .map(made -> Answer.created(made.orElseThrow()));
    }

    private Future<Answer> rename(Request request) {
        String name = checked(request.body().required("name"));
        return owned(request, request.parameter("pipeline"))
                .compose(found -> database.execute(
                                "update api.pipelines set name = $2, updated_at = now() where id = $1",
                                Tuple.of(id(found), name))
                        .recover(cause -> Future.failedFuture(taken(cause, name))))
                .compose(done -> find(request, name))
                .map(Answer::ok);
    }

    private Future<Answer> delete(Request request) {
        return owned(request, request.parameter("pipeline"))
                .compose(found -> database.execute("delete from api.pipelines where id = $1", Tuple.of(id(found)))
                        .map(done -> Answer.ok(found)));
    }

    private static String checked(String name) {
        AppNames.problem(name).ifPresent(problem -> {
            throw ApiException.invalid(problem);
        });
        return name;
    }

    private static Throwable taken(Throwable cause, String name) {
        return Database.isUniqueViolation(cause) ? ApiException.invalid("Name " + name + " is already taken.") : cause;
    }

    private static ObjectNode json(Row row) {
        ObjectNode json = Representation.named(row.getUUID("id"), row.getString("name"));
        json.set("owner", Representation.identified(row.getUUID("owner_id")).put("type", "user"));
        json.set("generation", Representation.named(Representation.idOf("generation cedar"), "cedar"));
        json.put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
        return json.put("updated_at", Representation.time(row.getOffsetDateTime("updated_at")));
    }
}
