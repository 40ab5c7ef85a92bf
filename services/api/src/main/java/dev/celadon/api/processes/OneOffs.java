package dev.celadon.api.processes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.accounts.Secrets;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.DynoSize;
import dev.celadon.api.domain.OneOffCommand;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.api.processes.OneOffStore.OneOff;
import dev.celadon.contract.OneOffChanged;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code POST /apps/:app/dynos}: one-off dynos, attached to the caller's terminal or detached. */
public final class OneOffs {
    /** It travels to its node in one message. */
    private static final int MOST_COMMAND = 4_000;

    private final Apps apps;
    private final OneOffStore store;
    private final Database database;
    private final Bus bus;
    private final AppLog appLog;
    private final String rendezvous;
    private final int most;

    /**
     * @param rendezvous {@code host:port} where terminals meet their dynos
     * @param most one-off dynos of one app at once
     */
    public OneOffs(
            Apps apps, OneOffStore store, Database database, Bus bus, AppLog appLog, String rendezvous, int most) {
        this.apps = apps;
        this.store = store;
        this.database = database;
        this.bus = bus;
        this.appLog = appLog;
        this.rendezvous = rendezvous;
        this.most = most;
    }

    private record Current(UUID releaseId, Map<String, String> processTypes) {}

    public void mount(Endpoints endpoints) {
        endpoints.add(
                HttpMethod.POST,
                "/apps/:app/dynos",
                request -> apps.find(request).compose(app -> run(request, app, null)));
        endpoints.add(
                HttpMethod.POST,
                "/apps/:app/dynos/:dyno",
                request -> apps.find(request)
                        .compose(app ->
                                dyno(app, request.parameter("dyno")).compose(inside -> run(request, app, inside))));
    }

    private Future<Answer> run(Request request, App app, @Nullable UUID inside) {
        boolean isAttached = inside != null || request.body().flag("attach").orElse(false);
        Optional<String> secret = isAttached ? Optional.of(Secrets.fresh()) : Optional.empty();
        String command = request.body().required("command");
        if (command.length() > MOST_COMMAND) {
            throw ApiException.invalid("command: " + command.length() + " characters (expected: at most " + MOST_COMMAND
                    + "; longer ones belong in a script of the app)");
        }
        String kind = request.body()
                .text("type")
                .filter(type -> type.matches("[a-z]{1,20}"))
                .orElse("run");
        return store.running(app.id())
                .compose(running -> running.size() >= most
                        ? Future.failedFuture(
                                ApiException.invalid("Cannot run more than " + most + " one-off dynos at once."))
                        : current(app))
                .compose(current -> store.create(new OneOffStore.Wish(
                        app.id(),
                        reserved(kind) ? "run" : kind,
                        current.releaseId(),
                        OneOffCommand.of(command, current.processTypes()),
                        size(request),
                        secret,
                        request.body().flag("force_no_tty").orElse(false),
                        environment(request),
                        inside,
                        request.body().number("time_to_live").orElse(0),
                        request.caller().tokenId())))
                .onSuccess(made -> {
                    bus.publish(Topic.ONE_OFF_CHANGED, new OneOffChanged(made.id(), app.id()));
                    appLog.platform(
                            app.id(),
                            "api",
                            "Starting process with command `" + command + "` by user "
                                    + request.caller().email());
                })
                .map(made -> {
                    ObjectNode json = json(made, app, "starting");
                    secret.ifPresent(known -> json.put("attach_url", "rendezvous://" + rendezvous + "/" + known));
                    return Answer.created(json);
                });
    }

    /** Names that the platform gives, so that nobody's terminal passes for a release phase. */
    private static boolean reserved(String kind) {
        return kind.equals("release") || kind.equals("postdeploy") || kind.equals("scheduler");
    }

    private static String size(Request request) {
        String size = request.body().text("size").orElse(DynoSize.STANDARD_1X.word());
        return DynoSize.of(size)
                .orElseThrow(
                        () -> ApiException.invalid("size: " + size + " (expected: one of " + DynoSize.words() + ")"))
                .word();
    }

    private static Map<String, String> environment(Request request) {
        Map<String, String> env = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry :
                request.body().object("env").json().properties()) {
            if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
                throw ApiException.invalid("env." + entry.getKey() + ": " + entry.getValue() + " (expected: a string)");
            }
            env.put(entry.getKey(), entry.getValue().asText());
        }
        return env;
    }

    private Future<Current> current(App app) {
        return database.first(
                        """
                        select r.id, s.process_types::text as types from api.releases r
                        join api.slugs s on s.id = r.slug_id
                        where r.app_id = $1 and r.status = 'succeeded' order by r.version desc limit 1
                        """, Tuple.of(app.id()), row -> new Current(row.getUUID("id"), types(row.getString("types"))))
                .map(found -> found.orElseThrow(() -> ApiException.invalid(
                        "No code has been released for " + app.name() + " yet; push some first.")));
    }

    private static Map<String, String> types(String json) {
        Map<String, String> types = new HashMap<>();
        Map<?, ?> read = Json.read(Buffer.buffer(json), Map.class);
        read.forEach((type, command) -> types.put(String.valueOf(type), String.valueOf(command)));
        return types;
    }

    private Future<UUID> dyno(App app, String nameOrId) {
        return database.first("""
                        select id from manifold.v_dynos where app_id = $1 and (name = $2 or id::text = $2)
                        union all
                        select id from manifold.v_one_off_dynos where app_id = $1 and (name = $2 or id::text = $2)
                        """, Tuple.of(app.id(), nameOrId), row -> row.getUUID("id"))
                .map(found -> found.orElseThrow(() -> ApiException.notFound("dyno")));
    }

    static ObjectNode json(OneOff oneOff, App app, String state) {
        String time = Representation.time(oneOff.createdAt());
        ObjectNode json = Representation.named(oneOff.id(), oneOff.name());
        json.put("type", oneOff.name().substring(0, oneOff.name().indexOf('.')));
        json.put("command", oneOff.command()).put("state", state).put("size", oneOff.size());
        json.putNull("attach_url");
        json.putObject("release").put("id", oneOff.releaseId().toString()).put("version", oneOff.version());
        json.set("app", Representation.named(app.id(), app.name()));
        return json.put("created_at", time).put("updated_at", time);
    }
}
