package dev.celadon.manifold.agent;

import dev.celadon.container.Container;
import dev.celadon.container.ContainerHost;
import dev.celadon.container.Disk;
import dev.celadon.container.LogTail;
import dev.celadon.contract.DynoError;
import dev.celadon.contract.DynoReport;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.StartDyno;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One dyno on this node, from the order to its end. Lives on the agent's event loop. */
final class DynoRun {
    private static final Logger log = LoggerFactory.getLogger(DynoRun.class);
    private static final int FIRST_PORT = 10_000;
    private static final int PORTS = 50_000;

    private final Platform platform;
    private final Vertx vertx;
    private final ContainerHost containers;
    private final DynoGround ground;
    private final StartDyno start;
    private final Runnable changed;
    private final String containerId;
    private final int port;
    private DynoState state = DynoState.CREATED;
    private Instant since;
    private @Nullable String address;
    private @Nullable Integer exitStatus;
    private @Nullable String cause;
    private @Nullable LogTail tail;
    private @Nullable PortProbe probe;
    private long killTimer = -1;
    private int graceSeconds;
    private boolean isStopping;
    private boolean isEnded;

    /** What of a run lies in its bundle, for the next process to adopt. */
    record Facts(StartDyno start, DynoState state, Instant since, int graceSeconds) {}

    DynoRun(Platform platform, ContainerHost containers, DynoGround ground, StartDyno start, Runnable changed) {
        this.ground = ground;
        this.platform = platform;
        this.vertx = platform.vertx();
        this.containers = containers;
        this.start = start;
        this.changed = changed;
        this.since = platform.clock().instant();
        this.containerId = containerId(start.dynoId());
        this.port = start.isWeb() ? FIRST_PORT + Math.floorMod(start.dynoId().hashCode(), PORTS) : 0;
    }

    static String containerId(UUID dyno) {
        return "d-" + dyno.toString().replace("-", "").substring(0, 12);
    }

    String containerId() {
        return containerId;
    }

    String slug() {
        return start.slugSha256();
    }

    DynoReport report() {
        return new DynoReport(
                start.dynoId(), start.appId(), start.name(), state, address, port, since, exitStatus, cause);
    }

    void launch() {
        say("Starting process with command `" + start.command() + "`");
        // None of the three needs another: the slowest is waited for.
        Future<Map<String, String>> environment = environment();
        Future<Void> checked = ground.checkSlug(start);
        Future<Disk> disk = ground.disk(containerId, start).compose(this::keep);
        Future.join(environment, checked, disk)
                .compose(ready ->
                        containers.start(ground.spec(containerId, start, environment.result(), disk.result(), false)))
                .onSuccess(container -> {
                    follow(container);
                    enter(DynoState.STARTING);
                    if (start.isWeb()) {
                        awaitPort(container);
                    } else {
                        enter(DynoState.UP);
                    }
                    if (isStopping) {
                        signalStop(graceSeconds);
                    }
                })
                .recover(this::blameSlug)
                .onFailure(failed -> {
                    DynoError error = failed instanceof StartRefused refused ? refused.error() : DynoError.R99;
                    say(error.title() + " -> " + failed.getMessage());
                    log.atError()
                            .addKeyValue("dyno", start.name())
                            .addKeyValue("app", start.appName())
                            .setCause(failed)
                            .log("dyno-start-failed");
                    cause = error.name();
                    containers
                            .remove(containerId)
                            .onComplete(removed -> enter(isStopping ? DynoState.DOWN : DynoState.CRASHED));
                });
    }

    /** A slug that was damaged after its check is why nothing starts on it. */
    private Future<Container> blameSlug(Throwable failed) {
        return failed instanceof StartRefused
                ? Future.failedFuture(failed)
                : ground.recheckSlug(start).compose(isWhole -> Future.failedFuture(failed));
    }

    Future<Void> adopt(Container container, Facts facts) {
        state = facts.state();
        since = facts.since();
        follow(container);
        if (state == DynoState.STARTING && start.isWeb()) {
            awaitPort(container);
        }
        if (state == DynoState.STOPPING) {
            // SIGTERM was sent by the process before; of the grace what is left.
            isStopping = true;
            graceSeconds = facts.graceSeconds();
            killAfter(Duration.between(platform.clock().instant(), since.plusSeconds(graceSeconds)));
        }
        // It may have ended, and been told of, while nobody on this node knew it.
        return containers.exitStatus(containerId).map(exit -> {
            exit.ifPresent(this::ended);
            return null;
        });
    }

    void stop(int graceSeconds) {
        if (isStopping || state.isFinal()) {
            return;
        }
        isStopping = true;
        this.graceSeconds = graceSeconds;
        if (tail != null) {
            signalStop(graceSeconds);
        }
    }

    /** Vastly past its memory quota: nothing of it may run on; the scheduler starts it anew. */
    void endForMemory(String usage) {
        cause = DynoError.R15.name();
        ground.endForMemory(containerId, start, usage).onFailure(this::complain);
    }

    /** The process ended: its last lines are delivered, then nothing of it is left on the host. */
    void ended(int status) {
        if (isEnded) {
            return;
        }
        isEnded = true;
        vertx.cancelTimer(killTimer);
        if (probe != null) {
            probe.close();
        }
        exitStatus = status;
        LogTail last = tail;
        Future<Void> drained = last == null ? Future.succeededFuture() : last.drain();
        drained.timeout(5, java.util.concurrent.TimeUnit.SECONDS)
                .onComplete(done -> {
                    if (last != null) {
                        last.close();
                    }
                    say("Process exited with status " + status);
                })
                .transform(done -> containers.remove(containerId))
                .onFailure(failed -> log.atError()
                        .addKeyValue("dyno", containerId)
                        .addKeyValue("reason", failed.getMessage())
                        .log("dyno-not-removed"))
                .onComplete(removed -> enter(isStopping ? DynoState.DOWN : DynoState.CRASHED));
    }

    /** Whether it accepts a connection now; one without a port, or not up, is nobody's to ask. */
    Future<Boolean> probe() {
        String host = address;
        return host == null || !start.isWeb() || state != DynoState.UP
                ? Future.succeededFuture(true)
                : PortProbe.once(vertx, host, port);
    }

    /** The platform's process ends, the dyno does not. */
    void leave() {
        vertx.cancelTimer(killTimer);
        if (tail != null) {
            tail.close();
        }
        if (probe != null) {
            probe.close();
        }
    }

    private void signalStop(int graceSeconds) {
        say("Stopping all processes with SIGTERM");
        enter(DynoState.STOPPING);
        containers.signal(containerId, "TERM").onFailure(this::complain);
        killAfter(Duration.ofSeconds(graceSeconds));
    }

    private void killAfter(Duration grace) {
        killTimer = vertx.setTimer(Math.max(1, grace.toMillis()), tick -> {
            say(DynoError.R12.title() + " -> Process failed to exit within " + graceSeconds + " seconds of SIGTERM");
            say("Stopping process with SIGKILL");
            containers.signal(containerId, "KILL").onFailure(this::complain);
        });
    }

    private void awaitPort(Container container) {
        probe = new PortProbe(vertx, container.address(), port, Duration.ofSeconds(start.bootSeconds()));
        probe.start()
                .onSuccess(bound -> {
                    if (state == DynoState.STARTING) {
                        enter(DynoState.UP);
                    }
                })
                .onFailure(late -> {
                    if (state == DynoState.STARTING && !isEnded) {
                        endUnbound(container);
                    }
                });
    }

    /** Which port it has instead is what its developer wants to know. */
    private void endUnbound(Container container) {
        cause = DynoError.R10.name();
        ground.listening(container)
                .onSuccess(others -> others.forEach(other -> say(DynoError.R11.title() + " -> Process bound to port "
                        + other + ", should be " + port + " (see environment variable PORT)")))
                .onComplete(looked -> {
                    say(DynoError.R10.title() + " -> Web process failed to bind to $PORT within " + start.bootSeconds()
                            + " seconds of launch");
                    say("Stopping process with SIGKILL");
                    containers.signal(containerId, "KILL").onFailure(this::complain);
                });
    }

    private void follow(Container container) {
        address = container.address();
        tail = ground.follow(container, start);
    }

    private void enter(DynoState next) {
        DynoState before = state;
        state = next;
        since = platform.clock().instant();
        if (next != DynoState.STOPPING) {
            DynoState shown = before == DynoState.STOPPING ? DynoState.UP : before;
            if (shown != next) {
                say("State changed from " + shown.word() + " to " + next.word());
            }
        }
        if (!next.isFinal()) {
            write().onFailure(this::complain);
        }
        changed.run();
    }

    private Future<Map<String, String>> environment() {
        return ground.environment("/api/releases/" + start.releaseId() + "/environment", start)
                .map(environment -> {
                    if (start.isWeb()) {
                        environment.put("PORT", Integer.toString(port));
                    }
                    return environment;
                });
    }

    private Future<Disk> keep(Disk disk) {
        return write().map(disk);
    }

    private Future<Void> write() {
        return ground.keep(containerId, new Facts(start, state, since, graceSeconds));
    }

    private void say(String text) {
        ground.say(start, text);
    }

    private void complain(Throwable failed) {
        log.atWarn()
                .addKeyValue("dyno", containerId)
                .addKeyValue("reason", failed.getMessage())
                .log("dyno-command-failed");
    }
}
