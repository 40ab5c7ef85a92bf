package dev.celadon.api.processes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.audit.Changes;
import dev.celadon.api.domain.DynoSize;
import dev.celadon.api.domain.Quantity;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Body;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.contract.FormationChanged;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code /apps/:app/formation}: how many dynos of each process type, of which size. */
public final class Formation {
    private static final String RELEASE_PHASE = "release";

    private final Apps apps;
    private final Database database;
    private final Changes changes;
    private final Bus bus;
    private final AppLog appLog;

    public Formation(Apps apps, Database database, Changes changes, Bus bus, AppLog appLog) {
        this.apps = apps;
        this.database = database;
        this.changes = changes;
        this.bus = bus;
        this.appLog = appLog;
    }

    private record Type(
            App app,
            String type,
            String command,
            int quantity,
            String size,
            OffsetDateTime createdAt,
            OffsetDateTime updatedAt) {}

    public void mount(Endpoints endpoints) {
        String one = "/apps/:app/formation/:type";
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/formation",
                request -> apps.find(request).compose(this::types).map(Formation::list));
        endpoints.add(HttpMethod.PATCH, "/apps/:app/formation", request -> {
            List<Body> updates = request.body().objects("updates");
            return change(request, updates).map(Formation::list);
        });
        endpoints.add(
                HttpMethod.GET,
                one,
                request -> apps.find(request)
                        .compose(this::types)
                        .map(types -> Answer.ok(json(one(types, request.parameter("type"))))));
        endpoints.add(HttpMethod.PATCH, one, request -> {
            ObjectNode update = request.body().json().<ObjectNode>deepCopy().put("type", request.parameter("type"));
            return change(request, List.of(new Body(update)))
                    .map(types -> Answer.ok(json(one(types, request.parameter("type")))));
        });
    }

    private static Answer list(List<Type> types) {
        return Answer.list(types.stream().map(Formation::json).toList(), "type", "id");
    }

    /** Under the app's lock, so relative quantities of two requests add up. */
    private Future<List<Type>> change(Request request, List<Body> updates) {
        return apps.find(request)
                .compose(app -> changes.commit(
                                request,
                                client -> locked(client, app).compose(types -> scale(client, app, types, updates)),
                                types -> told(types, updates))
                        .onSuccess(types -> tell(request, app, types)));
    }

    /** Both at once: the second is read when the first has the lock. */
    private static Future<List<Type>> locked(SqlClient client, App app) {
        Future<Integer> locked =
                Database.execute(client, "select 1 from api.apps where id = $1 for update", Tuple.of(app.id()));
        Future<List<Type>> types = types(client, app);
        return locked.compose(held -> types);
    }

    private static Future<List<Type>> scale(SqlClient client, App app, List<Type> types, List<Body> updates) {
        Map<String, Type> scaled = new LinkedHashMap<>();
        for (Body update : updates) {
            Type type = one(types, update.required("type"));
            scaled.put(type.type(), scaled(scaled.getOrDefault(type.type(), type), update));
        }
        Future<Integer> written = Database.execute(
                client,
                """
                insert into api.formation (app_id, type, quantity, size)
                select $1, wanted.* from unnest($2::text[], $3::int[], $4::text[]) wanted
                on conflict (app_id, type) do update
                set quantity = excluded.quantity, size = excluded.size, updated_at = now()
                """,
                Tuple.of(app.id())
                        .addArrayOfString(scaled.keySet().toArray(String[]::new))
                        .addArrayOfInteger(
                                scaled.values().stream().map(Type::quantity).toArray(Integer[]::new))
                        .addArrayOfString(
                                scaled.values().stream().map(Type::size).toArray(String[]::new)));
        Future<List<Type>> now = types(client, app);
        return written.compose(done -> now);
    }

    private static Type scaled(Type type, Body update) {
        String word = update.text("quantity").orElse(Integer.toString(type.quantity()));
        if (type.type().equals(RELEASE_PHASE) && update.has("quantity")) {
            throw ApiException.invalid("quantity: the release process type runs once per release and is not scaled");
        }
        int quantity = Quantity.apply(word, type.quantity())
                .orElseThrow(() -> ApiException.invalid("quantity: " + word + " for " + type.type() + " (expected: 0.."
                        + Quantity.MOST + ", or relative as +1)"));
        String size = update.text("size")
                .or(() -> update.object("dyno_size").text("name"))
                .orElse(type.size());
        DynoSize known = DynoSize.of(size)
                .orElseThrow(
                        () -> ApiException.invalid("size: " + size + " (expected: one of " + DynoSize.words() + ")"));
        return new Type(
                type.app(), type.type(), type.command(), quantity, known.word(), type.createdAt(), type.updatedAt());
    }

    private static List<Answer.Change> told(List<Type> types, List<Body> updates) {
        return updates.stream()
                .map(update -> one(types, update.required("type")))
                .distinct()
                .map(type -> new Answer.Change("api:formation", "update", json(type)))
                .toList();
    }

    private void tell(Request request, App app, List<Type> types) {
        bus.publish(Topic.FORMATION_CHANGED, new FormationChanged(app.id()));
        String formation = types.stream()
                .filter(type -> !type.type().equals(RELEASE_PHASE))
                .map(type -> type.type() + "=" + type.quantity())
                .collect(Collectors.joining(", "));
        appLog.platform(
                app.id(),
                "api",
                "Scale to " + formation + " by " + request.caller().email());
    }

    private static Type one(List<Type> types, String name) {
        return types.stream()
                .filter(type -> type.type().equals(name)
                        || json(type).get("id").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> ApiException.notFound("process type: " + name));
    }

    private Future<List<Type>> types(App app) {
        return types(database.statements(), app);
    }

    private static Future<List<Type>> types(SqlClient client, App app) {
        return Database.list(
                client,
                """
                select t.key as type, t.value as command, coalesce(f.quantity, 0) as quantity,
                       coalesce(f.size, 'standard-1X') as size, s.created_at,
                       coalesce(f.updated_at, s.created_at) as updated_at
                from api.releases r join api.slugs s on s.id = r.slug_id
                cross join lateral jsonb_each_text(s.process_types) t
                left join api.formation f on f.app_id = r.app_id and f.type = t.key
                where r.app_id = $1 and r.version = (
                  select max(l.version) from api.releases l where l.app_id = $1 and l.status in ('succeeded', 'pending'))
                order by t.key = 'web' desc, t.key
                """,
                Tuple.of(app.id()),
                row -> new Type(
                        app,
                        row.getString("type"),
                        row.getString("command"),
                        row.getInteger("quantity"),
                        row.getString("size"),
                        row.getOffsetDateTime("created_at"),
                        row.getOffsetDateTime("updated_at")));
    }

    private static ObjectNode json(Type type) {
        ObjectNode json = Representation.identified(
                Representation.idOf("formation " + type.app().id() + " " + type.type()));
        json.set("app", Representation.named(type.app().id(), type.app().name()));
        json.put("type", type.type()).put("command", type.command()).put("quantity", type.quantity());
        json.put("size", type.size());
        json.set("dyno_size", Representation.named(Representation.idOf("dyno size " + type.size()), type.size()));
        json.put("created_at", Representation.time(type.createdAt()));
        return json.put("updated_at", Representation.time(type.updatedAt()));
    }
}
