package dev.celadon.manifold.agent;

import dev.celadon.container.Container;
import dev.celadon.container.ContainerHost;
import dev.celadon.container.Disk;
import dev.celadon.container.ExecSpec;
import dev.celadon.container.LogTail;
import dev.celadon.contract.DynoError;
import dev.celadon.contract.DynoReport;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.StartOneOff;
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.manifold.terminal.Terminal;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One one-off dyno on this node, from the order to its end, which is told until the manifold has recorded it; only then
 * is its container removed. Lives on the agent's event loop.
 */
final class OneOffRun {
    private static final Logger log = LoggerFactory.getLogger(OneOffRun.class);
    private static final int LAST_LINES_SECONDS = 5;
    /** A terminal learns of the end after the record of it, but not if that takes long. */
    private static final long RECORD_MILLIS = 2_000;

    private static final Set<String> TERMINAL_VARIABLES = Set.of("TERM", "COLUMNS", "LINES");

    private final Vertx vertx;
    private final Platform platform;
    private final ContainerHost containers;
    private final DynoGround ground;
    private final ManifoldSettings settings;
    private final StartOneOff order;
    private final Runnable changed;
    private final String containerId;
    private final Attending attending;
    private DynoState state = DynoState.CREATED;
    private Instant since;
    private @Nullable Integer exitStatus;
    private @Nullable String cause;
    private @Nullable Integer earlyExit;
    private @Nullable LogTail tail;
    private boolean isLaunched;
    private boolean isStopping;
    private boolean isEnded;
    private int graceSeconds;
    private long killTimer = -1;
    private long recordTimer = -1;

    /** What of a run lies in its bundle, for the next process to adopt. */
    record Facts(
            StartOneOff order,
            DynoState state,
            Instant since,
            @Nullable Integer exitStatus,
            @Nullable String cause) {}

    OneOffRun(
            Platform platform,
            ContainerHost containers,
            DynoGround ground,
            ManifoldSettings settings,
            StartOneOff order,
            Runnable changed) {
        this.vertx = platform.vertx();
        this.platform = platform;
        this.containers = containers;
        this.ground = ground;
        this.settings = settings;
        this.order = order;
        this.changed = changed;
        this.containerId = containerId(order.dynoId());
        this.since = platform.clock().instant();
        this.attending = new Attending(vertx, containers, settings.oneOffs(), order, containerId, this::say);
    }

    static String containerId(UUID dyno) {
        return "o-" + dyno.toString().replace("-", "").substring(0, 12);
    }

    String containerId() {
        return containerId;
    }

    String slug() {
        return order.slugSha256();
    }

    @Nullable
    String secretHash() {
        return order.secretHash();
    }

    DynoReport report() {
        return new DynoReport(order.dynoId(), order.appId(), order.name(), state, null, 0, since, exitStatus, cause);
    }

    void launch() {
        Future<Map<String, String>> environment =
                ground.environment("/api/one-offs/" + order.dynoId() + "/environment", order);
        (order.inside() == null ? prepare(environment) : prepareInside(environment, order.inside()))
                .compose(made -> isAttached() ? attend() : Future.succeededFuture(null))
                .onSuccess(running -> enter(DynoState.UP))
                .onFailure(this::refuse)
                .onComplete(launched -> settle());
    }

    private Future<Void> prepare(Future<Map<String, String>> environment) {
        // None of the three needs another: the slowest is waited for.
        Future<Void> checked = ground.checkSlug(order);
        Future<Disk> disk = ground.disk(containerId, order).compose(made -> keep().map(made));
        return Future.join(environment, checked, disk)
                .compose(ready -> isAttached()
                        ? containers
                                .create(ground.spec(
                                        containerId, order, environment.result(), disk.result(), isTerminal()))
                                .mapEmpty()
                        : start(environment.result(), disk.result()));
    }

    private Future<Void> prepareInside(Future<Map<String, String>> environment, UUID inside) {
        String dyno = DynoRun.containerId(inside);
        String target = Files.exists(containers.bundle(dyno)) ? dyno : containerId(inside);
        return environment.compose(all -> {
            Map<String, String> own = new HashMap<>(all);
            // The rest is the other dyno's.
            own.keySet().retainAll(TERMINAL_VARIABLES);
            return containers.createInside(
                    new ExecSpec(containerId, target, DynoGround.launch(order.command()), own, isTerminal()));
        });
    }

    private Future<Void> start(Map<String, String> environment, Disk disk) {
        say("Starting process with command `" + order.command() + "`");
        return containers
                .start(ground.spec(containerId, order, environment, disk, false))
                .map(container -> {
                    tail = ground.follow(container, order);
                    enter(DynoState.STARTING);
                    return null;
                });
    }

    private Future<Void> attend() {
        return containers.attach(containerId).compose(attachment -> {
            enter(DynoState.STARTING);
            if (isStopping) {
                endUnbegun();
                return Future.<Void>failedFuture("stopped before it began");
            }
            return attending.begin(attachment);
        });
    }

    /** What happened while it was being started. */
    private void settle() {
        isLaunched = true;
        if (earlyExit != null) {
            finish(earlyExit, null);
        } else if (isStopping) {
            signalStop();
        }
    }

    private void refuse(Throwable failed) {
        if (isEnded) {
            return;
        }
        DynoError error = failed instanceof StartRefused refused ? refused.error() : DynoError.R99;
        say(error.title() + " -> " + failed.getMessage());
        if (error == DynoError.R99) {
            log.atError()
                    .addKeyValue("dyno", order.name())
                    .addKeyValue("app", order.appName())
                    .setCause(failed)
                    .log("one-off-start-failed");
        }
        finish(null, error.name());
    }

    /**
     * Taken back after the platform's process was gone. A terminal went with it; a process that had not begun begins
     * now.
     */
    void adopt(@Nullable Container container, Facts facts) {
        state = facts.state() == DynoState.STOPPING ? DynoState.UP : facts.state();
        since = facts.since();
        exitStatus = facts.exitStatus();
        cause = facts.cause();
        isLaunched = true;
        if (state == DynoState.DOWN) {
            isEnded = true;
        } else if (isAttached() && (container == null || state != DynoState.UP)) {
            refuse(new StartRefused(DynoError.R13, "Failed to attach to process"));
        } else if (isAttached()) {
            attending.hangUp();
        } else if (container == null) {
            isLaunched = false;
            containers.remove(containerId).onComplete(removed -> launch());
            return;
        } else {
            tail = ground.follow(container, order);
        }
        containers.exitStatus(containerId).onSuccess(exit -> exit.ifPresent(this::ended));
        if (facts.state() == DynoState.STOPPING) {
            stop((int) settings.grace().toSeconds());
        }
    }

    /** A client has shown the secret. */
    void meet(Terminal terminal) {
        attending.meet(terminal);
        if (state.isFinal()) {
            farewell();
        }
    }

    void stop(int grace) {
        if (isStopping || isEnded) {
            return;
        }
        isStopping = true;
        graceSeconds = grace;
        if (isLaunched) {
            signalStop();
        } else if (isAttached() && state == DynoState.STARTING && !attending.isBegun()) {
            endUnbegun();
        }
    }

    private void endUnbegun() {
        say("Stopping all processes with SIGTERM");
        finish(null, null);
    }

    private void signalStop() {
        if (isEnded) {
            return;
        }
        say("Stopping all processes with SIGTERM");
        enter(DynoState.STOPPING);
        containers
                .signal(containerId, "TERM")
                // A shell at a terminal minds no TERM; that its terminal goes it minds.
                .compose(asked -> isAttached() ? containers.signal(containerId, "HUP") : Future.succeededFuture(null))
                .onFailure(this::complain);
        killTimer = vertx.setTimer(Math.max(1, graceSeconds * 1_000L), tick -> {
            say(DynoError.R12.title() + " -> Process failed to exit within " + graceSeconds + " seconds of SIGTERM");
            say("Stopping process with SIGKILL");
            cause = DynoError.R12.name();
            containers.signal(containerId, "KILL").onFailure(this::complain);
        });
    }

    /** Vastly past its memory quota: nothing of it may run on. */
    void endForMemory(String usage) {
        cause = DynoError.R15.name();
        ground.endForMemory(containerId, order, usage).onFailure(this::complain);
    }

    /** The process ended. */
    void ended(int status) {
        if (isLaunched) {
            finish(status, null);
        } else {
            earlyExit = status;
        }
    }

    private void finish(@Nullable Integer status, @Nullable String code) {
        if (isEnded) {
            return;
        }
        isEnded = true;
        vertx.cancelTimer(killTimer);
        exitStatus = status;
        cause = code == null ? cause : code;
        LogTail last = tail;
        Future<Void> said = last == null
                ? attending.over()
                : last.drain()
                        .timeout(LAST_LINES_SECONDS, TimeUnit.SECONDS)
                        .transform(done -> Future.<Void>succeededFuture())
                        .onComplete(done -> last.close());
        said.onComplete(done -> {
            say(status == null ? "Process exited" : "Process exited with status " + status);
            recordTimer = vertx.setTimer(RECORD_MILLIS, late -> farewell());
            enter(DynoState.DOWN);
        });
    }

    /** The end is recorded: nothing of it is left on the host. */
    Future<Void> recorded() {
        vertx.cancelTimer(recordTimer);
        farewell();
        return containers.remove(containerId).onFailure(this::complain);
    }

    /** The platform's process ends, the dyno does not. */
    void leave() {
        vertx.cancelTimer(killTimer);
        vertx.cancelTimer(recordTimer);
        attending.leave();
        if (tail != null) {
            tail.close();
        }
    }

    private void farewell() {
        attending.farewell(
                exitStatus,
                exitStatus == null && cause != null ? DynoError.valueOf(cause).title() : null);
    }

    private boolean isTerminal() {
        return isAttached() && !order.isWithoutTty();
    }

    private boolean isAttached() {
        return order.secretHash() != null;
    }

    private void enter(DynoState next) {
        if (state.isFinal() || (isEnded && !next.isFinal())) {
            return;
        }
        DynoState before = state;
        state = next;
        since = platform.clock().instant();
        if (next != DynoState.STOPPING) {
            say("State changed from " + (before == DynoState.STOPPING ? DynoState.UP : before).word() + " to "
                    + next.word());
        }
        keep().onFailure(this::complain).onComplete(kept -> changed.run());
    }

    private Future<Void> keep() {
        return ground.keep(containerId, new Facts(order, state, since, exitStatus, cause));
    }

    private void say(String text) {
        ground.say(order, text);
    }

    private void complain(Throwable failed) {
        log.atWarn()
                .addKeyValue("dyno", containerId)
                .addKeyValue("reason", failed.getMessage())
                .log("one-off-command-failed");
    }
}
