package dev.celadon.manifold;

import dev.celadon.contract.DynoChanged;
import dev.celadon.contract.DynoReport;
import dev.celadon.contract.NodeHeartbeat;
import dev.celadon.contract.OneOffReports;
import dev.celadon.contract.RouterReport;
import dev.celadon.contract.Topic;
import dev.celadon.manifold.oneoffs.OneOffStore;
import dev.celadon.manifold.scheduler.store.DynoStore;
import dev.celadon.manifold.scheduler.store.RestStore;
import dev.celadon.manifold.scheduler.store.RouteStore;
import dev.celadon.manifold.scheduler.store.RouterStore;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What routers, agents and compilers ask of the manifold over internal HTTP; any member answers, from the store. */
final class ManifoldHttp {
    private final Bus bus;
    private final DynoStore dynos;
    private final RouteStore routes;
    private final RouterStore routers;
    private final RestStore rest;
    private final OneOffStore oneOffs;

    ManifoldHttp(Bus bus, Database database) {
        this.bus = bus;
        this.dynos = new DynoStore(database);
        this.routes = new RouteStore(database);
        this.routers = new RouterStore(database);
        this.rest = new RestStore(database);
        this.oneOffs = new OneOffStore(database);
    }

    void mount(Router router) {
        router.get("/manifold/routes")
                .handler(context -> answer(
                        context,
                        () -> routes.since(
                                Long.parseLong(context.queryParam("since").get(0)))));
        router.post("/manifold/app-uids/:app")
                .handler(context -> answer(
                        context,
                        () -> dynos.hostUid(UUID.fromString(context.pathParam("app")))
                                .map(uid -> Map.of("hostUid", uid))));
        router.post("/manifold/heartbeat")
                .handler(BodyHandler.create(false))
                .handler(context -> answer(context, () -> heard(Json.read(bufferOf(context), NodeHeartbeat.class))));
        router.post("/manifold/router-report")
                .handler(BodyHandler.create(false))
                .handler(context -> answer(context, () -> heard(Json.read(bufferOf(context), RouterReport.class))));
        router.post("/manifold/one-offs")
                .handler(BodyHandler.create(false))
                .handler(context -> answer(context, () -> heard(Json.read(bufferOf(context), OneOffReports.class))));
    }

    private Future<Map<String, Object>> heard(RouterReport report) {
        return routers.apply(report).compose(known -> rest.seen(report)).map(seen -> Map.of());
    }

    /** Answers with the one-off dynos that nobody waits for, for the agent to stop. */
    private Future<Map<String, Object>> heard(OneOffReports reports) {
        return oneOffs.apply(reports)
                .onSuccess(this::announce)
                .compose(changed -> oneOffs.unknown(reports))
                .map(unknown -> Map.of("unknown", unknown));
    }

    /** Answers with the dynos nobody knows, for the agent to stop. */
    private Future<Map<String, Object>> heard(NodeHeartbeat beat) {
        return dynos.apply(beat)
                .onSuccess(this::announce)
                .compose(changed -> dynos.unknown(beat))
                .map(unknown -> Map.of("unknown", unknown));
    }

    private void announce(List<DynoReport> changed) {
        changed.forEach(report -> bus.publish(
                Topic.DYNO_CHANGED, new DynoChanged(report.dynoId(), report.appId(), report.name(), report.state())));
    }

    private static Buffer bufferOf(RoutingContext context) {
        Buffer body = context.body().buffer();
        return body == null ? Buffer.buffer() : body;
    }

    private static <T> void answer(RoutingContext context, java.util.function.Supplier<Future<T>> ask) {
        Future.succeededFuture()
                .compose(begun -> ask.get())
                .onSuccess(found -> context.response().end(Json.write(found)))
                .onFailure(cause -> context.response()
                        .setStatusCode(cause instanceof IllegalArgumentException ? 400 : 503)
                        .end(String.valueOf(cause.getMessage())));
    }
}
