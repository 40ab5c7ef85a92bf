package dev.celadon.compiler.build;

import dev.celadon.compiler.CompilerSettings.Limits;
import dev.celadon.compiler.output.LiveOutput;
import dev.celadon.container.ContainerHost;
import dev.celadon.container.ContainerSpec;
import dev.celadon.container.LogTail;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Step three: the buildpacks, in a container of the app's stack, under the app's uid. */
final class BuildContainers {
    private static final long LOOK_MILLIS = 50;
    private static final int CPU_SHARES = 512;
    /** The stack's image with compilers on top. */
    private static final String BUILD_STACK = "-build";

    private final Vertx vertx;
    private final ContainerHost containers;
    private final Path buildpacks;
    private final Limits limits;

    BuildContainers(Vertx vertx, ContainerHost containers, Path buildpacks, Limits limits) {
        this.vertx = vertx;
        this.containers = containers;
        this.buildpacks = buildpacks.toAbsolutePath();
        this.limits = limits;
    }

    /** The container's exit status, once everything it printed is in the output. */
    Future<Integer> run(BuildSite site, Path cache, LiveOutput output, Stop stop) {
        return containers.start(spec(site, cache)).compose(container -> {
            LogTail tail = new LogTail(vertx, container.log(), entries -> {
                entries.forEach(entry -> output.line(entry.text()));
                return output.flush();
            });
            tail.start();
            stop.asked().onSuccess(reason -> containers.signal(container.id(), "KILL"));
            return exit(container.id()).eventually(tail::drain).eventually(output::flush);
        });
    }

    private Future<Integer> exit(String id) {
        Promise<Integer> ended = Promise.promise();
        look(id, ended);
        return ended.future();
    }

    private void look(String id, Promise<Integer> ended) {
        containers.exitStatus(id).onFailure(ended::tryFail).onSuccess(status -> {
            if (status.isPresent()) {
                ended.tryComplete(status.getAsInt());
            } else {
                vertx.setTimer(LOOK_MILLIS, tick -> look(id, ended));
            }
        });
    }

    private ContainerSpec spec(BuildSite site, Path cache) {
        Map<String, String> environment = Map.of(
                "HOME",
                "/app",
                "LANG",
                "C.UTF-8",
                "PATH",
                "/usr/local/bin:/usr/bin:/bin",
                "REQUEST_ID",
                site.build().id().toString(),
                "SOURCE_VERSION",
                site.build().commitSha(),
                "STACK",
                site.app().stack());
        return new ContainerSpec(
                site.containerId(),
                "build",
                List.of("/bin/bash", "/tmp/buildpacks/build"),
                environment,
                site.hostUid(),
                site.app().stack() + BUILD_STACK,
                Optional.empty(),
                site.disk(),
                List.of(
                        new ContainerSpec.Bind(site.source(), "/tmp/build", true),
                        new ContainerSpec.Bind(cache, "/tmp/cache", true),
                        new ContainerSpec.Bind(site.variables(), "/tmp/env", false),
                        new ContainerSpec.Bind(site.plan(), "/tmp/plan", false),
                        new ContainerSpec.Bind(site.result(), "/tmp/result", true),
                        new ContainerSpec.Bind(buildpacks, "/tmp/buildpacks", false)),
                new ContainerSpec.Limits(limits.memoryMb(), limits.memoryMb(), CPU_SHARES, limits.processes()),
                false);
    }
}
