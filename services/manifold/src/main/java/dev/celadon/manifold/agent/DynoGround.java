package dev.celadon.manifold.agent;

import dev.celadon.container.Container;
import dev.celadon.container.ContainerHost;
import dev.celadon.container.ContainerSpec;
import dev.celadon.container.Disk;
import dev.celadon.container.LogTail;
import dev.celadon.contract.DynoError;
import dev.celadon.contract.DynoOrder;
import dev.celadon.contract.LogError;
import dev.celadon.contract.LogLine;
import dev.celadon.manifold.agent.domain.DynoLimits;
import dev.celadon.manifold.agent.domain.ListeningPorts;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What every dyno of this node stands on: its config vars, its container, its facts on disk, its lines in the log. */
final class DynoGround {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final String FACTS = "dyno.json";
    /** Profile scripts come after the config vars, as the field has it; then the command as the Procfile says it. */
    private static final String LAUNCH = """
            for f in /app/.profile.d/*.sh; do [ -r "$f" ] && . "$f"; done
            [ -r /app/.profile ] && . /app/.profile
            exec /bin/bash -c "$1"
            """;

    private final Platform platform;
    private final ContainerHost containers;
    private final SlugChecks slugs;
    private final int diskMb;

    DynoGround(Platform platform, ContainerHost containers, SlugChecks slugs, int diskMb) {
        this.platform = platform;
        this.containers = containers;
        this.slugs = slugs;
        this.diskMb = diskMb;
    }

    /** The config vars and the platform's own, which nobody overrides. */
    Future<Map<String, String>> environment(String path, DynoOrder order) {
        var api = platform.members().any("api");
        if (api.isEmpty()) {
            return Future.failedFuture("no api is up to ask for the config vars");
        }
        return platform.internal()
                .call(HttpMethod.GET, api.get().url() + path, DEADLINE)
                .send()
                .map(response -> {
                    if (response.statusCode() != 200) {
                        throw new IllegalStateException(
                                "the api has no config vars for the release: " + response.statusCode());
                    }
                    Map<String, String> environment = new HashMap<>();
                    environment.put("PATH", "/app/bin:/usr/local/bin:/usr/bin:/bin");
                    environment.put("LANG", "C.UTF-8");
                    Map<?, ?> vars = Json.read(response.bodyAsBuffer(), Map.class);
                    vars.forEach((name, value) -> environment.put(String.valueOf(name), String.valueOf(value)));
                    environment.put("HOME", "/app");
                    environment.put("DYNO", order.name());
                    return environment;
                });
    }

    Future<Void> checkSlug(DynoOrder order) {
        return slugs.check(order.slugSha256());
    }

    Future<Void> recheckSlug(DynoOrder order) {
        return slugs.recheck(order.slugSha256());
    }

    Future<Disk> disk(String containerId, DynoOrder order) {
        return containers.createDisk(containerId, order.hostUid(), diskMb);
    }

    static List<String> launch(String command) {
        return List.of("/bin/bash", "-c", LAUNCH, "bash", command);
    }

    ContainerSpec spec(
            String containerId, DynoOrder order, Map<String, String> environment, Disk disk, boolean isTerminal) {
        return new ContainerSpec(
                containerId,
                order.dynoId().toString().substring(0, 8),
                launch(order.command()),
                environment,
                order.hostUid(),
                order.stack(),
                Optional.of(platform.blobs().path(order.slugSha256())),
                disk,
                List.of(),
                DynoLimits.of(order.memoryMb()),
                isTerminal);
    }

    /** Its output becomes lines of the app's log. */
    LogTail follow(Container container, DynoOrder order) {
        LogTail tail = new LogTail(
                        platform.vertx(),
                        container.log(),
                        entries -> platform.appLog()
                                .deliver(entries.stream()
                                        .map(entry -> new LogLine(
                                                order.appId(), entry.at(), "app", order.name(), entry.text()))
                                        .toList()))
                .onLoss((lines, since) ->
                        platform.appLog().platform(order.appId(), "logplex", LogError.L12.line(lines, since)));
        tail.start();
        return tail;
    }

    /** The ports at which a container's processes wait for connections from outside. */
    Future<Set<Integer>> listening(Container container) {
        Path net = Path.of("/proc", Integer.toString(container.pid()), "net");
        return platform.vertx()
                .executeBlocking(
                        () -> {
                            List<String> sockets = new ArrayList<>(Files.readAllLines(net.resolve("tcp")));
                            sockets.addAll(Files.readAllLines(net.resolve("tcp6")));
                            return ListeningPorts.of(sockets.stream());
                        },
                        false);
    }

    /** A line of the platform about the dyno. */
    void say(DynoOrder order, String text) {
        platform.appLog().platform(order.appId(), order.name(), text);
    }

    /** Ends a dyno that is vastly past its quota, and says why. */
    Future<Void> endForMemory(String containerId, DynoOrder order, String usage) {
        say(order, usage);
        say(order, DynoError.R15.title());
        say(order, "Stopping process with SIGKILL");
        return containers.signal(containerId, "KILL");
    }

    /** Keeps a run's facts in its bundle, for the next process to adopt. */
    Future<Void> keep(String containerId, Object facts) {
        Path bundle = containers.bundle(containerId);
        return platform.vertx()
                .executeBlocking(
                        () -> {
                            if (Files.isDirectory(bundle)) {
                                Path fresh = bundle.resolve(FACTS + "." + UUID.randomUUID());
                                Files.write(fresh, Json.write(facts).getBytes());
                                Files.move(fresh, bundle.resolve(FACTS), StandardCopyOption.ATOMIC_MOVE);
                            }
                            return null;
                        },
                        true);
    }

    <T> Future<T> kept(String containerId, Class<T> type) {
        Path file = containers.bundle(containerId).resolve(FACTS);
        return platform.vertx().executeBlocking(() -> Json.mapper().readValue(file.toFile(), type), false);
    }
}
