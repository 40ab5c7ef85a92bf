package dev.celadon.manifold;

import dev.celadon.container.ContainerHost;
import dev.celadon.manifold.agent.Agent;
import dev.celadon.manifold.agent.OneOffAgent;
import dev.celadon.manifold.scheduler.Scheduler;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Service;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** The dyno manifold: scheduler and node agent, wired. Stopping it stops no dyno. */
public final class ManifoldService implements Service {
    private final Platform platform;
    private final ManifoldSettings settings;
    private final ContainerHost containers;
    private final List<String> deployments = new ArrayList<>();

    public ManifoldService(Platform platform, ManifoldSettings settings, ContainerHost containers) {
        this.platform = platform;
        this.settings = settings;
        this.containers = containers;
    }

    @Override
    public String name() {
        return "manifold";
    }

    @Override
    public Future<?> start() {
        platform.internal().readyWhen("manifold", () -> deployments.size() == 3);
        return platform.vertx()
                .executeBlocking(() -> {
                    platform.database().migrate("manifold");
                    return null;
                })
                .compose(migrated -> {
                    new ManifoldHttp(platform.bus(), platform.database())
                            .mount(platform.internal().router());
                    return platform.vertx().deployVerticle(new Agent(platform, settings, containers));
                })
                .onSuccess(deployments::add)
                .compose(agent -> platform.vertx().deployVerticle(new OneOffAgent(platform, settings, containers)))
                .onSuccess(deployments::add)
                .compose(agent -> platform.vertx().deployVerticle(new Scheduler(platform, settings)))
                .onSuccess(deployments::add);
    }

    @Override
    public Future<?> stop() {
        List<Future<String>> none = List.of();
        Future<?> done = Future.all(none);
        for (int i = deployments.size() - 1; i >= 0; i--) {
            String id = deployments.get(i);
            done = done.compose(before -> platform.vertx().undeploy(id));
        }
        return done;
    }
}
