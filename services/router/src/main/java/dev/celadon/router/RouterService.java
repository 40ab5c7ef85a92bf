package dev.celadon.router;

import dev.celadon.runtime.LocalCa;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Service;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The routing mesh of this process: one verticle per event loop over one table. */
public final class RouterService implements Service {
    private static final Duration REPORT_EVERY = Duration.ofSeconds(1);

    private final Platform platform;
    private final RouterSettings settings;
    private final List<String> deployments = new ArrayList<>();

    public RouterService(Platform platform, RouterSettings settings) {
        this.platform = platform;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "router";
    }

    @Override
    public Future<?> start() {
        platform.internal().readyWhen("router", () -> deployments.size() == 3);
        Routes routes = new Routes(platform, settings);
        Activity activity = new Activity();
        Reports reports = new Reports(platform, source(routes, activity), REPORT_EVERY);
        String domain = platform.domain();
        int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
        return platform.vertx()
                .executeBlocking(
                        () -> platform.ca().issue(List.of(domain, "*." + domain, "localhost", "127.0.0.1")), false)
                .compose(leaf -> platform.vertx()
                        .deployVerticle(routes)
                        .onSuccess(deployments::add)
                        .compose(deployed -> platform.vertx().deployVerticle(reports))
                        .onSuccess(deployments::add)
                        .onSuccess(deployed -> routes.onSwap(reports::soon))
                        .map(leaf))
                .compose((LocalCa.Leaf leaf) -> platform.vertx()
                        .deployVerticle(
                                () -> new RouterVerticle(platform, settings, routes, activity, leaf),
                                new DeploymentOptions().setInstances(loops)))
                .onSuccess(deployments::add);
    }

    @Override
    public Future<?> stop() {
        Future<?> done = Future.succeededFuture();
        for (int i = deployments.size() - 1; i >= 0; i--) {
            String id = deployments.get(i);
            done = done.compose(before -> platform.vertx().undeploy(id));
        }
        return done;
    }

    private static Reports.Source source(Routes routes, Activity activity) {
        return new Reports.Source() {
            @Override
            public long revision() {
                return routes.table().revision();
            }

            @Override
            public List<UUID> takeActive() {
                return activity.takeSeen();
            }

            @Override
            public List<UUID> draining() {
                return activity.draining(routes.table());
            }
        };
    }
}
