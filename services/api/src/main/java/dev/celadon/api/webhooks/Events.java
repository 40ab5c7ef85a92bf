package dev.celadon.api.webhooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.http.Representation;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What webhooks are told: an event and a delivery for each webhook that listens, in one statement. */
public final class Events {
    private final Database database;
    private final Clock clock;

    public Events(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * @param entity {@code api:release}
     * @param action {@code create}, {@code update} or {@code destroy}
     */
    public Future<Void> emit(
            UUID app, String entity, String action, JsonNode data, @Nullable UUID account, @Nullable String email) {
        return emit(database.statements(), app, entity, action, data, account, email);
    }

    /** Inside a transaction. */
    public Future<Void> emit(
            SqlClient client,
            UUID app,
            String entity,
            String action,
            JsonNode data,
            @Nullable UUID account,
            @Nullable String email) {
        ObjectNode payload = Representation.object().put("action", action).put("resource", resource(entity));
        payload.set("actor", Representation.user(account, email));
        payload.set("data", data);
        payload.putObject("previous_data");
        payload.put("published_at", Representation.time(clock.instant().atOffset(ZoneOffset.UTC)));
        payload.put("version", "application/vnd.heroku+json; version=3");
        // An app nobody listens to costs one look.
        return Database.execute(client, """
                        with listening as (select id from api.webhooks where app_id = $1 and $2 = any(include)),
                        event as (
                          insert into api.webhook_events (app_id, include, payload)
                          select $1, $2, $3::text::jsonb where exists (select 1 from listening) returning id)
                        insert into api.webhook_deliveries (event_id, webhook_id)
                        select event.id, listening.id from event, listening
                        """, Tuple.of(app, entity, payload.toString()))
                .mapEmpty();
    }

    private static String resource(String entity) {
        return entity.substring(entity.indexOf(':') + 1);
    }
}
