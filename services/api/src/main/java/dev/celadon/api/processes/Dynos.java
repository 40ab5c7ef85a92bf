package dev.celadon.api.processes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Endpoints;
import dev.celadon.contract.Command;
import dev.celadon.contract.RestartDynos;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /apps/:app/dynos}: what runs, and restarting it. */
public final class Dynos {
    private final Apps apps;
    private final Database database;
    private final Bus bus;

    public Dynos(Apps apps, Database database, Bus bus) {
        this.apps = apps;
        this.database = database;
        this.bus = bus;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/dynos",
                request -> apps.find(request)
                        .compose(app -> database.list(
                                "select * from manifold.v_dynos where app_id = $1 order by type, name",
                                Tuple.of(app.id()),
                                row -> json(row, app.name())))
                        .map(Endpoints.Answer::ok));
        endpoints.add(HttpMethod.DELETE, "/apps/:app/dynos", request -> restart(request, null));
        endpoints.add(
                HttpMethod.DELETE, "/apps/:app/dynos/:dyno", request -> restart(request, request.parameter("dyno")));
        endpoints.add(
                HttpMethod.DELETE,
                "/apps/:app/formations/:type",
                request -> restart(request, request.parameter("type")));
    }

    private Future<Endpoints.Answer> restart(Endpoints.Request request, @Nullable String target) {
        return apps.find(request)
                .compose(app ->
                        bus.request(Command.RESTART_DYNOS, "", new RestartDynos(UUID.randomUUID(), app.id(), target)))
                .map(accepted -> new Endpoints.Answer(202, Map.of()));
    }

    private static ObjectNode json(Row row, String app) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("id", row.getUUID("id").toString()).put("name", row.getString("name"));
        json.put("type", row.getString("type")).put("command", row.getString("command"));
        json.put("state", row.getString("state"))
                .put("size", row.getString("size"))
                .putNull("attach_url");
        json.putObject("release").put("version", row.getInteger("release_version"));
        json.putObject("app").put("id", row.getUUID("app_id").toString()).put("name", app);
        json.put("created_at", row.getOffsetDateTime("created_at").toInstant().toString());
        json.put("updated_at", row.getOffsetDateTime("since").toInstant().toString());
        return json;
    }
}
