package dev.celadon.api.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.Scope;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Caller;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The audit trail: each change that succeeded, by whom, and the names (never the values) of the fields it brought. */
public final class Audit {
    private static final int SHOWN = 1_000;
    private static final String SELECT =
            "select id, app_id, account_id, email, action, target, fields, request_id, created_at from api.audit_events";

    private final Database database;

    public Audit(Database database) {
        this.database = database;
    }

    public void mount(Endpoints endpoints, Apps apps) {
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/audit-events",
                request -> apps.find(request)
                        .compose(app -> database.list(
                                SELECT + " where app_id = $1 order by created_at desc limit " + SHOWN,
                                Tuple.of(app.id()),
                                Audit::json))
                        .map(events -> Answer.list(events, "created_at", "id")));
        endpoints.add(HttpMethod.GET, "/audit-events", Scope.GLOBAL, request -> {
            if (!request.caller().isAdmin()) {
                throw ApiException.forbidden("Only an administrator of this platform may see the whole audit trail.");
            }
            return database.list(SELECT + " order by created_at desc limit " + SHOWN, Tuple.tuple(), Audit::json)
                    .map(events -> Answer.list(events, "created_at", "id"));
        });
    }

    public Future<Void> record(SqlClient client, Request request) {
        Caller caller = request.caller();
        if (caller.equals(Caller.ANYBODY)) {
            return Future.succeededFuture();
        }
        List<String> fields = new ArrayList<>();
        request.body().json().fieldNames().forEachRemaining(fields::add);
        UUID app = request.app().orElse(null);
        return Database.execute(
                        client,
                        """
                        insert into api.audit_events (app_id, account_id, email, action, target, fields, request_id)
                        values ($1, $2, $3, $4, $5, $6, $7)
                        """,
                        Tuple.of(
                                        app,
                                        caller.accountId(),
                                        caller.email(),
                                        request.route(),
                                        request.context().request().path())
                                .addArrayOfString(fields.toArray(String[]::new))
                                .addString(request.requestId()))
                .mapEmpty();
    }

    private static ObjectNode json(Row row) {
        ObjectNode json = Representation.object().put("id", row.getUUID("id").toString());
        json.put("action", row.getString("action")).put("target", row.getString("target"));
        for (String field : row.getArrayOfStrings("fields")) {
            json.withArray("fields").add(field);
        }
        if (row.getArrayOfStrings("fields").length == 0) {
            json.putArray("fields");
        }
        json.set("actor", Representation.user(row.getUUID("account_id"), row.getString("email")));
        UUID app = row.getUUID("app_id");
        json.set("app", app == null ? null : Representation.identified(app));
        return json.put("request_id", row.getString("request_id"))
                .put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
    }
}
