package dev.celadon.api.processes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.contract.Command;
import dev.celadon.contract.ErrorId;
import dev.celadon.contract.OneOffChanged;
import dev.celadon.contract.RestartDynos;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code /apps/:app/dynos}: what runs, and restarting it. Stopping a dyno of the formation starts it anew; a one-off
 * dyno ends.
 */
public final class Dynos {
    private final Apps apps;
    private final OneOffStore oneOffs;
    private final Database database;
    private final Bus bus;

    public Dynos(Apps apps, OneOffStore oneOffs, Database database, Bus bus) {
        this.apps = apps;
        this.oneOffs = oneOffs;
        this.database = database;
        this.bus = bus;
    }

    public void mount(Endpoints endpoints) {
        String one = "/apps/:app/dynos/:dyno";
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/dynos",
                request -> apps.find(request)
                        .compose(this::list)
                        .map(found -> Answer.list(found, "name", "id", "updated_at")));
        endpoints.add(
                HttpMethod.GET,
                one,
                request -> apps.find(request)
                        .compose(this::list)
                        .map(found -> Answer.ok(one(found, request.parameter("dyno")))));
        endpoints.add(
                HttpMethod.DELETE,
                "/apps/:app/dynos",
                request -> apps.find(request).compose(app -> restart(app, null)));
        endpoints.add(HttpMethod.DELETE, one, request -> end(request, "dyno"));
        endpoints.add(HttpMethod.DELETE, "/apps/:app/formations/:type", request -> end(request, "type"));
        endpoints.add(HttpMethod.POST, one + "/actions/stop", request -> end(request, "dyno"));
        endpoints.add(HttpMethod.POST, "/apps/:app/formations/:type/actions/stop", request -> end(request, "type"));
    }

    private Future<List<ObjectNode>> list(App app) {
        return database.list("""
                        select d.*, r.id as release_id
                        from (select id, app_id, name, type, release_version, command, state, size, since, created_at
                              from manifold.v_dynos
                              union all
                              select id, app_id, name, type, release_version, command, state, size, since, created_at
                              from manifold.v_one_off_dynos) d
                        left join api.releases r on r.app_id = d.app_id and r.version = d.release_version
                        where d.app_id = $1 order by d.type, d.name
                        """, Tuple.of(app.id()), row -> json(row, app))
                .compose(placed -> oneOffs.running(app.id()).map(wanted -> {
                    Set<String> known =
                            placed.stream().map(dyno -> dyno.get("id").asText()).collect(Collectors.toSet());
                    List<ObjectNode> all = new ArrayList<>(placed);
                    wanted.stream()
                            .filter(oneOff -> !known.contains(oneOff.id().toString()))
                            .forEach(oneOff -> all.add(OneOffs.json(oneOff, app, "starting")));
                    return all;
                }));
    }

    private Future<Answer> end(Request request, String parameter) {
        String target = request.parameter(parameter);
        return apps.find(request)
                .compose(app -> oneOffs.requestStop(app.id(), target).compose(stopped -> {
                    stopped.forEach(
                            oneOff -> bus.publish(Topic.ONE_OFF_CHANGED, new OneOffChanged(oneOff.id(), app.id())));
                    return stopped.isEmpty()
                            ? list(app).compose(dynos -> restart(app, name(dynos, target)))
                            : Future.succeededFuture(Answer.accepted(Representation.object()));
                }));
    }

    private Future<Answer> restart(App app, @Nullable String target) {
        return bus.request(Command.RESTART_DYNOS, "", new RestartDynos(UUID.randomUUID(), app.id(), target))
                .recover(cause -> Future.failedFuture(new ApiException(
                        ErrorId.SERVICE_UNAVAILABLE, "The scheduler does not answer; try again soon.")))
                .map(accepted -> Answer.accepted(Representation.object()));
    }

    private static ObjectNode one(List<ObjectNode> dynos, String nameOrId) {
        return dynos.stream()
                .filter(dyno -> dyno.get("name").asText().equals(nameOrId)
                        || dyno.get("id").asText().equals(nameOrId))
                .findFirst()
                .orElseThrow(() -> ApiException.notFound("dyno"));
    }

    /** The scheduler's name for a target: a dyno's, also where its id was given, or a type's. */
    private static String name(List<ObjectNode> dynos, String target) {
        return dynos.stream().anyMatch(dyno -> dyno.get("type").asText().equals(target))
                ? target
                : one(dynos, target).get("name").asText();
    }

    private static ObjectNode json(Row row, App app) {
        ObjectNode json = Representation.named(row.getUUID("id"), row.getString("name"));
        json.put("type", row.getString("type")).put("command", row.getString("command"));
        json.put("state", row.getString("state"))
                .put("size", row.getString("size"))
                .putNull("attach_url");
        UUID release = row.getUUID("release_id");
        json.putObject("release")
                .put("id", (release == null ? new UUID(0, 0) : release).toString())
                .put("version", row.getInteger("release_version"));
        json.set("app", Representation.named(app.id(), app.name()));
        json.put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
        return json.put("updated_at", Representation.time(row.getOffsetDateTime("since")));
    }
}
