package dev.celadon.api.apps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Body;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * {@code /apps/:app/routing}: the router's time limits for one app, milliseconds; null is the platform's default. The
 * pages shown for errors and in maintenance are the config vars {@code ERROR_PAGE_URL} and {@code MAINTENANCE_PAGE_URL}.
 */
public final class RoutingOptions {
    private static final int LONGEST = 600_000;

    private final Apps apps;
    private final Database database;

    public RoutingOptions(Apps apps, Database database) {
        this.apps = apps;
        this.database = database;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/routing",
                request -> apps.find(request).compose(this::options).map(Answer::ok));
        endpoints.add(HttpMethod.PATCH, "/apps/:app/routing", this::update);
    }

    private Future<Answer> update(Request request) {
        return apps.find(request)
                .compose(app -> options(app)
                        .compose(now -> database.execute(
                                """
                                update api.apps set connect_ms = $2, first_byte_ms = $3, idle_ms = $4, updated_at = now()
                                where id = $1
                                """,
                                Tuple.of(
                                        app.id(),
                                        millis(request.body(), "connect_ms", now),
                                        millis(request.body(), "first_byte_ms", now),
                                        millis(request.body(), "idle_ms", now))))
                        .onSuccess(done -> apps.changed(app.id()))
                        .compose(done -> options(app)))
                .map(Answer::ok);
    }

    private static @Nullable Integer millis(Body body, String field, ObjectNode now) {
        if (!body.has(field)) {
            return now.get(field).isNull() ? null : now.get(field).asInt();
        }
        body.number(field).filter(millis -> millis < 1 || millis > LONGEST).ifPresent(millis -> {
            throw ApiException.invalid(field + ": " + millis + " (expected: 1.." + LONGEST + ", or null)");
        });
        return body.number(field).orElse(null);
    }

    private Future<ObjectNode> options(App app) {
        return database.first("select * from api.v_routing where app_id = $1", Tuple.of(app.id()), RoutingOptions::json)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("app")));
    }

    private static ObjectNode json(Row row) {
        return Representation.object()
                .put("error_page_url", row.getString("error_page_url"))
                .put("maintenance_page_url", row.getString("maintenance_page_url"))
                .put("connect_ms", row.getInteger("connect_ms"))
                .put("first_byte_ms", row.getInteger("first_byte_ms"))
                .put("idle_ms", row.getInteger("idle_ms"));
    }
}
