package dev.celadon.api.processes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.Quantity;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Body;
import dev.celadon.api.http.Endpoints;
import dev.celadon.contract.FormationChanged;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** {@code /apps/:app/formation}: how many dynos of each process type, of which size. */
public final class Formation {
    private static final Set<String> SIZES =
            Set.of("eco", "basic", "standard-1X", "standard-2X", "performance-m", "performance-l");

    private final Apps apps;
    private final Database database;
    private final Bus bus;
    private final AppLog appLog;

    public Formation(Apps apps, Database database, Bus bus, AppLog appLog) {
        this.apps = apps;
        this.database = database;
        this.bus = bus;
        this.appLog = appLog;
    }

    private record Type(UUID appId, String type, String command, int quantity, String size) {}

    public void mount(Endpoints endpoints) {
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/formation",
                request -> apps.find(request)
                        .compose(this::types)
                        .map(types -> Endpoints.Answer.ok(
                                types.stream().map(Formation::json).toList())));
        endpoints.add(
                HttpMethod.PATCH,
                "/apps/:app/formation",
                request -> apps.find(request).compose(app -> change(request, app, updates(request))));
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/formation/:type",
                request -> apps.find(request)
                        .compose(this::types)
                        .map(types -> Endpoints.Answer.ok(json(one(types, request.parameter("type"))))));
        endpoints.add(
                HttpMethod.PATCH,
                "/apps/:app/formation/:type",
                request -> apps.find(request).compose(app -> {
                    ObjectNode update = ((ObjectNode) request.body().json()).put("type", request.parameter("type"));
                    return change(request, app, List.of(new Body(update)))
                            .compose(done -> types(app))
                            .map(types -> Endpoints.Answer.ok(json(one(types, request.parameter("type")))));
                }));
    }

    private static List<Body> updates(Endpoints.Request request) {
        JsonNode updates = request.body().json().path("updates");
        if (!updates.isArray() || updates.isEmpty()) {
            throw ApiException.invalid("updates: missing (expected: a list of {type, quantity, size})");
        }
        List<Body> bodies = new ArrayList<>();
        updates.forEach(update -> bodies.add(new Body(update)));
        return bodies;
    }

    private Future<Endpoints.Answer> change(Endpoints.Request request, App app, List<Body> updates) {
        return types(app)
                .compose(types -> {
                    List<Tuple> rows =
                            updates.stream().map(update -> row(types, update)).toList();
                    return database.transaction(client -> {
                        Future<Integer> done = Future.succeededFuture(0);
                        for (Tuple row : rows) {
                            done = done.compose(before -> Database.execute(client, """
                                    insert into api.formation (app_id, type, quantity, size) values ($1, $2, $3, $4)
                                    on conflict (app_id, type) do update
                                    set quantity = excluded.quantity, size = excluded.size, updated_at = now()
                                    """, row));
                        }
                        return done;
                    });
                })
                .onSuccess(done -> bus.publish(Topic.FORMATION_CHANGED, new FormationChanged(app.id())))
                .compose(done -> types(app))
                .onSuccess(types -> appLog.platform(
                        app.id(),
                        "api",
                        "Scale to "
                                + types.stream()
                                        .map(type -> type.type() + "=" + type.quantity())
                                        .collect(Collectors.joining(", "))
                                + " by " + request.caller().email()))
                .map(types ->
                        Endpoints.Answer.ok(types.stream().map(Formation::json).toList()));
    }

    private static Tuple row(List<Type> types, Body update) {
        String name = update.text("type").orElseThrow(() -> ApiException.invalid("type: missing"));
        Type type = one(types, name);
        String word = update.text("quantity").orElse(Integer.toString(type.quantity()));
        int quantity = Quantity.apply(word, type.quantity())
                .orElseThrow(() -> ApiException.invalid("quantity: " + word + " for " + name + " (expected: 0.."
                        + Quantity.MOST + ", or relative as +1)"));
        String size = update.text("size").orElse(type.size());
        String known = SIZES.stream()
                .filter(size::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> ApiException.invalid("size: " + size + " (expected: one of " + SIZES + ")"));
        return Tuple.of(type.appId(), name, quantity, known);
    }

    private static Type one(List<Type> types, String name) {
        return types.stream()
                .filter(type -> type.type().equals(name))
                .findFirst()
                .orElseThrow(() -> ApiException.notFound("process type: " + name));
    }

    private Future<List<Type>> types(App app) {
        return database.list(
                """
                select v.app_id, v.type, v.command, v.quantity, coalesce(f.size, 'standard-1X') as size
                from api.v_formation v left join api.formation f on f.app_id = v.app_id and f.type = v.type
                where v.app_id = $1 order by v.type = 'web' desc, v.type
                """,
                Tuple.of(app.id()),
                row -> new Type(
                        row.getUUID("app_id"),
                        row.getString("type"),
                        row.getString("command"),
                        row.getInteger("quantity"),
                        row.getString("size")));
    }

    private static ObjectNode json(Type type) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put(
                "id",
                UUID.nameUUIDFromBytes((type.appId() + type.type()).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .toString());
        json.put("type", type.type()).put("command", type.command()).put("quantity", type.quantity());
        json.put("size", type.size()).putObject("app").put("id", type.appId().toString());
        return json;
    }
}
