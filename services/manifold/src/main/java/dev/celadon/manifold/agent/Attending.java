package dev.celadon.manifold.agent;

import dev.celadon.container.Attachment;
import dev.celadon.container.ContainerHost;
import dev.celadon.contract.DynoError;
import dev.celadon.contract.StartOneOff;
import dev.celadon.manifold.OneOffSettings;
import dev.celadon.manifold.terminal.Session;
import dev.celadon.manifold.terminal.Terminal;
import dev.celadon.manifold.terminal.domain.ExitMarker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The terminal of an attached one-off dyno: waited for before the process begins (R13), joined with it, and hung up for
 * the process when it goes (R16).
 */
final class Attending {
    private final Vertx vertx;
    private final ContainerHost containers;
    private final OneOffSettings settings;
    private final StartOneOff order;
    private final String containerId;
    private final Consumer<String> say;
    private final Promise<Void> begun = Promise.promise();
    private @Nullable Attachment attachment;
    private @Nullable Session session;
    private @Nullable Terminal terminal;
    private boolean isBegun;
    private boolean isOver;
    private boolean isTold;
    private long attachTimer = -1;
    private long hangupTimer = -1;

    Attending(
            Vertx vertx,
            ContainerHost containers,
            OneOffSettings settings,
            StartOneOff order,
            String containerId,
            Consumer<String> say) {
        this.vertx = vertx;
        this.containers = containers;
        this.settings = settings;
        this.order = order;
        this.containerId = containerId;
        this.say = say;
    }

    boolean isBegun() {
        return isBegun;
    }

    /** The container waits for its start: completes when a terminal came and the process runs, fails with R13. */
    Future<Void> begin(Attachment ready) {
        attachment = ready;
        say.accept("Awaiting client");
        attachTimer = vertx.setTimer(
                settings.attachLimit().toMillis(),
                late -> begun.tryFail(new StartRefused(DynoError.R13, "Failed to attach to process")));
        join();
        return begun.future();
    }

    /** A client has shown the secret. It opens one terminal, once. */
    void meet(Terminal client) {
        if (terminal != null || (isBegun && !isOver)) {
            client.close();
            return;
        }
        terminal = client;
        client.onClose(() -> left(client));
        join();
    }

    private void join() {
        Attachment ready = attachment;
        Terminal client = terminal;
        if (isBegun || isOver || ready == null || client == null) {
            return;
        }
        isBegun = true;
        vertx.cancelTimer(attachTimer);
        Session joined = new Session(vertx, client, ready, order.isWithoutTty(), settings.inputQuiet());
        session = joined;
        client.greet()
                .compose(greeted -> {
                    say.accept("Starting process with command `" + order.command() + "`");
                    joined.start();
                    return containers.begin(containerId);
                })
                .onSuccess(running -> begun.tryComplete())
                .onFailure(begun::tryFail);
    }

    private void left(Terminal client) {
        if (terminal == client) {
            terminal = null;
            if (isBegun && !isOver) {
                if (client.hasMarker()) {
                    // It has all it came for: what ran is about to end by itself.
                    hangupTimer = vertx.setTimer(settings.hangupEvery().toMillis(), tick -> hangUp());
                } else {
                    hangUp();
                }
            }
        }
    }

    /** Nobody reads what the process says any more: it is told so until it ends. */
    void hangUp() {
        isBegun = true;
        say.accept("Client connection closed. Sending SIGHUP to all processes");
        containers.signal(containerId, "HUP");
        hangupTimer = vertx.setPeriodic(settings.hangupEvery().toMillis(), tick -> {
            if (!isTold) {
                isTold = true;
                say.accept(DynoError.R16.title() + " -> An attached process is not responding to SIGHUP after its"
                        + " external connection was closed.");
            }
            containers.signal(containerId, "HUP");
        });
    }

    /** The process has ended, or never began: completes when the client has all it said. */
    Future<Void> over() {
        isOver = true;
        leave();
        Session joined = session;
        Attachment open = attachment;
        if (joined != null) {
            return joined.outputEnded();
        }
        if (open != null) {
            open.close();
        }
        return Future.succeededFuture();
    }

    /** Tells the client how it ended and sends it away. */
    void farewell(@Nullable Integer status, @Nullable String error) {
        Terminal client = terminal;
        if (client == null) {
            return;
        }
        terminal = null;
        boolean wantsMarker = ExitMarker.isWanted(order.command()) && !client.hasMarker();
        Buffer marker = wantsMarker ? Buffer.buffer(ExitMarker.of(status == null ? 1 : status)) : Buffer.buffer();
        Future<Void> told = client.greet();
        if (error != null) {
            told = told.compose(greeted -> client.write(Buffer.buffer(error + "\r\n")));
        }
        told.onComplete(done -> client.end(marker));
    }

    /** Ends its timers; the process runs on. */
    void leave() {
        vertx.cancelTimer(attachTimer);
        vertx.cancelTimer(hangupTimer);
    }
}
