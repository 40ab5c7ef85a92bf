package dev.celadon.router.testing;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.contract.Route;
import dev.celadon.contract.Route.Backend;
import dev.celadon.contract.RouterReport;
import dev.celadon.contract.RoutesChanged;
import dev.celadon.contract.RoutingTable;
import dev.celadon.contract.Topic;
import dev.celadon.router.RouterService;
import dev.celadon.router.RouterSettings;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A real router service between raw sockets, with the manifold and the logplex it needs as far as it needs them. */
public final class RouterRig implements AutoCloseable {
    private final TestPlatform test;
    private final Map<String, String> settings = new HashMap<>();
    private final Map<UUID, Route> routes = new ConcurrentHashMap<>();
    private final Map<UUID, List<String>> lines = new ConcurrentHashMap<>();
    private final List<AutoCloseable> owned = new CopyOnWriteArrayList<>();
    private final AtomicInteger names = new AtomicInteger();
    private volatile long revision = 1;
    private volatile long applied;
    private volatile boolean isManifoldDown;
    private RouterService router;

    public RouterRig(Path directory, Map<String, String> more) throws TimeoutException {
        test = TestPlatform.start(directory, "manifold", "logplex", "api");
        settings.putAll(Map.of(
                "CELADON_ROUTER_BIND", "127.0.0.1",
                "CELADON_ROUTER_PORT", "0",
                "CELADON_ROUTER_TLS_PORT", "0",
                "CELADON_ROUTER_LOOPS", "2",
                "CELADON_ROUTER_LOOK", "100ms",
                "CELADON_ROUTER_REPORT", "50ms",
                "CELADON_ROUTER_DRAIN", "500ms"));
        settings.putAll(more);
        var internal = test.platform().internal().router();
        internal.get("/manifold/routes").handler(context -> {
            if (isManifoldDown) {
                context.response().setStatusCode(503).end();
                return;
            }
            long since = Long.parseLong(context.request().getParam("since"));
            List<Route> changed = routes.values().stream()
                    .filter(route -> route.revision() > since)
                    .toList();
            context.end(Json.write(new RoutingTable(since, revision, changed)));
        });
        internal.post("/logplex/lines").handler(BodyHandler.create(false)).handler(context -> {
            for (String line : context.body().asString().split("\n")) {
                take(line);
            }
            context.response().setStatusCode(204).end();
        });
        internal.post("/manifold/router-report")
                .handler(BodyHandler.create(false))
                .handler(context -> {
                    applied = Json.read(context.body().buffer(), RouterReport.class)
                            .revision();
                    context.end();
                });
        start();
    }

    private void take(String json) {
        try {
            JsonNode line = Json.mapper().readTree(json);
            lines.computeIfAbsent(UUID.fromString(line.get("appId").asText()), id -> new CopyOnWriteArrayList<>())
                    .add(line.get("text").asText());
        } catch (IOException malformed) {
            throw new IllegalStateException(malformed);
        }
    }

    public void start() throws TimeoutException {
        router = new RouterService(test.platform(), RouterSettings.from(new Environment(settings)));
        router.start().await(20, TimeUnit.SECONDS);
    }

    public void stop() throws TimeoutException {
        router.stop().await(20, TimeUnit.SECONDS);
    }

    public RouterService router() {
        return router;
    }

    public TestPlatform platform() {
        return test;
    }

    /** Ends with the rig. */
    public <T extends AutoCloseable> T own(T closeable) {
        owned.add(closeable);
        return closeable;
    }

    public RawDyno dyno() {
        return own(new RawDyno("web." + names.incrementAndGet()));
    }

    /** A new app that these dynos serve. */
    public TestApp app(RawDyno... dynos) {
        return app(Route.State.SERVING, Route.Options.NONE, dynos);
    }

    public TestApp app(Route.State state, Route.Options options, RawDyno... dynos) {
        TestApp app = new TestApp(this, "app" + names.incrementAndGet());
        app.publish(state, options, dynos);
        return app;
    }

    /** A new app at this host beside its own. */
    public TestApp appAt(String host, RawDyno... dynos) {
        TestApp app = new TestApp(this, "app" + names.incrementAndGet());
        publish(app.id(), host, List.of(app.host(), host), Route.State.SERVING, Route.Options.NONE, dynos);
        return app;
    }

    void publish(UUID id, String name, Route.State state, Route.Options options, RawDyno... dynos) {
        publish(id, name, List.of(name + ".localhost"), state, options, dynos);
    }

    private void publish(
            UUID id, String name, List<String> hosts, Route.State state, Route.Options options, RawDyno... dynos) {
        List<Backend> backends = new ArrayList<>();
        Arrays.stream(dynos).forEach(dyno -> backends.add(dyno.backend()));
        long next = revision + 1;
        routes.put(id, new Route(id, name, next, state, hosts, backends, options));
        announce(next);
    }

    private void announce(long next) {
        revision = next;
        test.platform().bus().publish(Topic.ROUTES_CHANGED, new RoutesChanged(next));
        await().atMost(Duration.ofSeconds(5)).until(() -> applied == next);
    }

    /** As a database does that goes back to a copy of yesterday: fewer entries, a lower revision. */
    public void restoreTo(long older, TestApp... kept) {
        List<UUID> ids = Arrays.stream(kept).map(TestApp::id).toList();
        routes.keySet().retainAll(ids);
        routes.replaceAll((id, route) ->
                new Route(id, route.app(), older, route.state(), route.hosts(), route.backends(), route.options()));
        announce(older);
    }

    public void setManifoldDown(boolean isDown) {
        isManifoldDown = isDown;
    }

    public Raw client() {
        return own(Raw.connect(router.port()));
    }

    /** The log lines of an app, as soon as there are so many. */
    public List<String> lines(UUID app, int count) {
        await().atMost(Duration.ofSeconds(5))
                .until(() -> lines.getOrDefault(app, List.of()).size() >= count);
        return lines.getOrDefault(app, List.of());
    }

    @Override
    public void close() throws Exception {
        router.stop().await(20, TimeUnit.SECONDS);
        for (AutoCloseable each : owned) {
            each.close();
        }
        test.close();
    }
}
