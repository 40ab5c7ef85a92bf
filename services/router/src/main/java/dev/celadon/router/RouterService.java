package dev.celadon.router;

import dev.celadon.runtime.LocalCa;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Service;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** The routing mesh of this process: one verticle per event loop over one table. */
public final class RouterService implements Service {
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
        platform.internal().readyWhen("router", () -> deployments.size() == 2);
        Routes routes = new Routes(platform, settings);
        String domain = platform.domain();
        int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
        return platform.vertx()
                .executeBlocking(
                        () -> platform.ca().issue(List.of(domain, "*." + domain, "localhost", "127.0.0.1")), false)
                .compose(leaf -> platform.vertx()
                        .deployVerticle(routes)
                        .onSuccess(deployments::add)
                        .map(leaf))
                .compose((LocalCa.Leaf leaf) -> platform.vertx()
                        .deployVerticle(
                                () -> new RouterVerticle(platform, settings, routes, leaf),
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
}
