package dev.celadon.api.webhooks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;

/** {@code /apps/:app/webhook-deliveries} and {@code /webhook-events}: what was told, and how that went. */
public final class Deliveries {
    private static final int SHOWN = 1_000;
    private static final String DELIVERIES = """
            select d.*, e.include, w.level, w.app_id from api.webhook_deliveries d
            join api.webhook_events e on e.id = d.event_id join api.webhooks w on w.id = d.webhook_id
            where w.app_id = $1
            """;
    private static final String EVENTS =
            "select id, include, payload::text as payload, created_at from api.webhook_events where app_id = $1";

    private final Apps apps;
    private final Database database;

    public Deliveries(Apps apps, Database database) {
        this.apps = apps;
        this.database = database;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/webhook-deliveries",
                request -> apps.find(request)
                        .compose(app -> deliveries(" order by d.created_at desc limit " + SHOWN, Tuple.of(app.id())))
                        .map(found -> Answer.list(found, "created_at", "id")));
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/webhook-deliveries/:delivery",
                request -> apps.find(request)
                        .compose(app -> deliveries(" and d.id = $2", Tuple.of(app.id(), request.id("delivery"))))
                        .map(found -> Answer.ok(one(found, "webhook delivery"))));
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/webhook-events",
                request -> apps.find(request)
                        .compose(app -> events(" order by created_at desc limit " + SHOWN, Tuple.of(app.id())))
                        .map(found -> Answer.list(found, "created_at", "id")));
        endpoints.add(HttpMethod.GET, "/apps/:app/webhook-events/:event", this::event);
    }

    private Future<Answer> event(Request request) {
        return apps.find(request)
                .compose(app -> events(" and id = $2", Tuple.of(app.id(), request.id("event"))))
                .map(found -> Answer.ok(one(found, "webhook event")));
    }

    private Future<List<ObjectNode>> deliveries(String condition, Tuple arguments) {
        return database.list(DELIVERIES + condition, arguments, Deliveries::delivery);
    }

    private Future<List<ObjectNode>> events(String condition, Tuple arguments) {
        return database.list(EVENTS + condition, arguments, Deliveries::event);
    }

    private static ObjectNode one(List<ObjectNode> found, String what) {
        return found.stream().findFirst().orElseThrow(() -> ApiException.notFound(what));
    }

    private static ObjectNode delivery(Row row) {
        ObjectNode json = Representation.identified(row.getUUID("id"));
        json.putObject("event").put("id", row.getUUID("event_id").toString()).put("include", row.getString("include"));
        json.putObject("webhook")
                .put("id", row.getUUID("webhook_id").toString())
                .put("level", row.getString("level"));
        json.put("num_attempts", row.getInteger("attempts")).put("status", row.getString("status"));
        json.put("next_attempt_at", Representation.time(row.getOffsetDateTime("next_attempt_at")));
        if (row.getOffsetDateTime("attempted_at") == null) {
            json.putNull("last_attempt");
        } else {
            Integer code = row.getInteger("code");
            String time = Representation.time(row.getOffsetDateTime("attempted_at"));
            json.putObject("last_attempt")
                    .put("id", row.getUUID("attempt_id").toString())
                    .put("code", code)
                    .put("error_class", row.getString("error_class"))
                    .put("status", code != null && code / 100 == 2 ? "succeeded" : "failed")
                    .put("created_at", time)
                    .put("updated_at", time);
        }
        json.put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
        return json.put("updated_at", Representation.time(row.getOffsetDateTime("updated_at")));
    }

    private static ObjectNode event(Row row) {
        String time = Representation.time(row.getOffsetDateTime("created_at"));
        ObjectNode json = Representation.identified(row.getUUID("id")).put("include", row.getString("include"));
        json.set("payload", Json.mapper().valueToTree(Json.read(Buffer.buffer(row.getString("payload")), Map.class)));
        return json.put("created_at", time).put("updated_at", time);
    }
}
