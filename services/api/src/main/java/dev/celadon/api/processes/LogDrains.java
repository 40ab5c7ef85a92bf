package dev.celadon.api.processes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.DrainUrl;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.contract.DrainsChanged;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/** {@code /apps/:app/log-drains}: where an app's log lines are sent to. */
public final class LogDrains {
    private static final int MOST = 5;

    private final Apps apps;
    private final Database database;
    private final Bus bus;

    public LogDrains(Apps apps, Database database, Bus bus) {
        this.apps = apps;
        this.database = database;
        this.bus = bus;
    }

    public void mount(Endpoints endpoints) {
        String one = "/apps/:app/log-drains/:drain";
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/log-drains",
                request -> apps.find(request)
                        .compose(app -> database.list(
                                "select * from api.log_drains where app_id = $1 order by created_at",
                                Tuple.of(app.id()),
                                row -> json(row, app)))
                        .map(found -> Answer.list(found, "id", "created_at")));
        endpoints.add(HttpMethod.POST, "/apps/:app/log-drains", this::add);
        endpoints.add(
                HttpMethod.GET,
                one,
                request -> apps.find(request).compose(app -> find(request, app)).map(Answer::ok));
        endpoints.add(HttpMethod.DELETE, one, this::remove);
    }

    private Future<Answer> add(Request request) {
        String url = request.body().required("url");
        DrainUrl.problem(url).ifPresent(problem -> {
            throw ApiException.invalid(problem);
        });
        return apps.find(request)
                .compose(app -> database.first(
                                """
                                insert into api.log_drains (app_id, url, token)
                                select $1, $2, $3 where (select count(*) from api.log_drains where app_id = $1) < $4
                                returning *
                                """, Tuple.of(app.id(), url, "d." + UUID.randomUUID(), MOST), row -> json(row, app))
                        .recover(cause -> Future.failedFuture(
                                Database.isUniqueViolation(cause)
                                        ? ApiException.invalid("Url has already been taken.")
                                        : cause))
                        .onSuccess(made -> bus.publish(Topic.DRAINS_CHANGED, new DrainsChanged(app.id()))))
                .map(made -> Answer.created(
                        made.orElseThrow(() -> ApiException.invalid("An app has at most " + MOST + " log drains."))));
    }

    private Future<Answer> remove(Request request) {
        return apps.find(request)
                .compose(app -> find(request, app)
                        .compose(drain -> database.execute(
                                        "delete from api.log_drains where id = $1",
                                        Tuple.of(UUID.fromString(drain.get("id").asText())))
                                .onSuccess(done -> bus.publish(Topic.DRAINS_CHANGED, new DrainsChanged(app.id())))
                                .map(done -> Answer.ok(drain))));
    }

    /** By id, token or URL. */
    private Future<ObjectNode> find(Request request, App app) {
        return database.first(
                        "select * from api.log_drains where app_id = $1 and (id::text = $2 or token = $2 or url = $2)",
                        Tuple.of(app.id(), request.parameter("drain")),
                        row -> json(row, app))
                .map(found -> found.orElseThrow(() -> ApiException.notFound("drain")));
    }

    private static ObjectNode json(Row row, App app) {
        String time = Representation.time(row.getOffsetDateTime("created_at"));
        ObjectNode json = Representation.object()
                .put("id", row.getUUID("id").toString())
                .put("url", row.getString("url"))
                .put("token", row.getString("token"));
        json.putNull("addon").set("app", Representation.named(app.id(), app.name()));
        return json.put("created_at", time).put("updated_at", time);
    }
}
