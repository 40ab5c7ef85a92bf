package dev.celadon.router;

import dev.celadon.router.tls.CertificateSource;
import dev.celadon.router.tls.Certificates;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Service;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The routing mesh of this process: one verticle per event loop over one table. */
public final class RouterService implements Service {
    private final Platform platform;
    private final RouterSettings settings;
    private final List<String> deployments = new ArrayList<>();
    private RouterVerticle.Ports ports = new RouterVerticle.Ports(0, 0);

    public RouterService(Platform platform, RouterSettings settings) {
        this.platform = platform;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "router";
    }

    /** Where it listens, once it is started. */
    public int port() {
        return ports.plain();
    }

    public int tlsPort() {
        return ports.tls();
    }

    @Override
    public Future<?> start() {
        platform.internal().readyWhen("router", () -> deployments.size() == 5);
        Routes routes = new Routes(platform, settings);
        Reports reports = new Reports(platform, routes.table(), settings.report());
        return platform.vertx()
                .executeBlocking(this::prepare, false)
                .compose(ready -> deploy(() -> routes, 1))
                .compose(ready -> deploy(() -> reports, 1))
                .onSuccess(ready -> routes.onChange(apps -> reports.soon()))
                .compose(ready -> deploy(() -> new TrafficMeters(platform.meters(), routes.table(), settings), 1))
                .compose(ready -> platform.vertx()
                        .executeBlocking(
                                () -> new Certificates(
                                        platform.vertx(), platform.ca(), routes.table(), platform.domain()),
                                false))
                .compose(certificates -> deploy(
                                () -> new CertificateSource(platform, certificates, settings.certificateLook()), 1)
                        .map(certificates))
                .compose(certificates ->
                        deploy(() -> new RouterVerticle(platform, settings, routes, certificates, ports), loops()));
    }

    private RouterVerticle.Ports prepare() throws IOException {
        ports = new RouterVerticle.Ports(
                Listener.requireFree(settings.bind(), settings.port()),
                Listener.requireFree(settings.bind(), settings.tlsPort()));
        return ports;
    }

    private Future<String> deploy(Supplier<VerticleBase> verticle, int instances) {
        return platform.vertx()
                .deployVerticle(verticle, new DeploymentOptions().setInstances(instances))
                .onSuccess(deployments::add);
    }

    private int loops() {
        return settings.loops() == 0 ? Runtime.getRuntime().availableProcessors() : settings.loops();
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
