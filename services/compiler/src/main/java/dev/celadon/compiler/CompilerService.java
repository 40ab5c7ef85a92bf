package dev.celadon.compiler;

import dev.celadon.compiler.build.BuildCaches;
import dev.celadon.compiler.build.BuildRun;
import dev.celadon.compiler.build.BuildSites;
import dev.celadon.compiler.build.SlugBuild;
import dev.celadon.compiler.output.BuildOutputs;
import dev.celadon.compiler.store.AppReads;
import dev.celadon.compiler.store.BuildStore;
import dev.celadon.compiler.store.DeletedApps;
import dev.celadon.container.ContainerHost;
import dev.celadon.runtime.InvalidSettings;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Service;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** The slug compiler, wired. */
public final class CompilerService implements Service {
    private final Platform platform;
    private final CompilerSettings settings;
    private final BuildSites sites;
    private final SlugBuild steps;
    private final BuildOutputs outputs;
    private final BuildQueue queue;
    private final AppCleaning cleaning;
    private final List<String> deployments = new CopyOnWriteArrayList<>();
    private volatile boolean isReady;

    public CompilerService(Platform platform, CompilerSettings settings, ContainerHost containers) {
        this.platform = platform;
        this.settings = settings;
        Path data = platform.dataDirectory().resolve("compiler").toAbsolutePath();
        BuildStore store = new BuildStore(platform.database());
        AppReads apps = new AppReads(platform.database(), platform.keys());
        DeletedApps deleted = new DeletedApps(platform.database());
        BuildCaches caches = new BuildCaches(
                platform.vertx(), platform.processes(), data, settings.limits().cacheMb());
        this.sites = new BuildSites(platform.vertx(), containers, caches, data);
        this.steps = new SlugBuild(platform, settings, containers, apps, sites, caches);
        this.outputs = new BuildOutputs(platform.vertx(), platform.blobs(), store);
        BuildRun run = new BuildRun(
                platform, store, deleted, outputs, steps, settings.limits().build());
        this.queue = new BuildQueue(platform, settings, store, run);
        this.cleaning = new AppCleaning(platform, settings.appsInterval(), apps, deleted, caches);
    }

    @Override
    public String name() {
        return "compiler";
    }

    @Override
    public Future<?> start() {
        BuildStore store = new BuildStore(platform.database());
        platform.internal().readyWhen("compiler", () -> isReady);
        platform.internal().router().get("/compiler/builds/:id/output").handler(outputs::serve);
        platform.internal().router().delete("/compiler/builds/:id").handler(this::cancel);
        return platform.vertx()
                .executeBlocking(this::prepare, false)
                .compose(prepared -> sites.clearAll())
                .compose(cleared -> store.releaseLeasesOf(platform.nodeId()))
                .compose(released -> platform.vertx().deployVerticle(queue))
                .onSuccess(deployments::add)
                .compose(deployed -> platform.vertx().deployVerticle(cleaning))
                .onSuccess(deployments::add)
                .onSuccess(deployed -> isReady = true);
    }

    @Override
    public Future<?> stop() {
        isReady = false;
        return Future.join(deployments.stream().map(platform.vertx()::undeploy).toList())
                .eventually(steps::close);
    }

    private Path prepare() {
        Path script = settings.buildpacks().resolve("build");
        if (!Files.isRegularFile(script)) {
            throw new InvalidSettings(List.of("CELADON_COMPILER_BUILDPACKS: " + settings.buildpacks()
                    + " (expected: the directory of the buildpacks; it has no file named build)"));
        }
        platform.database().migrate("compiler");
        return script;
    }

    /** {@code DELETE /compiler/builds/:id}: 204 when it is cancelled now, 409 when it had ended. */
    private void cancel(RoutingContext context) {
        BuildOutputs.buildId(context)
                .map((UUID buildId) -> queue.cancel(buildId))
                .orElseGet(() -> Future.succeededFuture(false))
                .onSuccess(isCancelled -> context.response()
                        .setStatusCode(isCancelled ? 204 : 409)
                        .end())
                .onFailure(context::fail);
    }
}
