package dev.celadon.gitreceiver.ssh;

import dev.celadon.gitreceiver.access.Admission;
import dev.celadon.gitreceiver.access.Refusal;
import dev.celadon.gitreceiver.domain.App;
import dev.celadon.gitreceiver.domain.Pusher;
import dev.celadon.gitreceiver.domain.SshRequest;
import dev.celadon.gitreceiver.http.Workers;
import dev.celadon.gitreceiver.push.Peer;
import dev.celadon.gitreceiver.push.Wire;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One command of one SSH channel: a push or a fetch, or a word on why not. */
final class GitCommand implements Command, Peer {
    private static final Logger log = LoggerFactory.getLogger(GitCommand.class);
    private static final int FAILED = 1;

    private final String line;
    private final Admission admission;
    private final Workers workers;
    private final GitConversations conversations;
    private final CopyOnWriteArrayList<Runnable> goneListeners = new CopyOnWriteArrayList<>();
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private OutputStream error = OutputStream.nullOutputStream();
    private ExitCallback exit = (status, message, isClosing) -> {};
    private volatile boolean isGone;

    /** @param line what the client wants run; empty for a shell */
    GitCommand(String line, Admission admission, Workers workers, GitConversations conversations) {
        this.line = line;
        this.admission = admission;
        this.workers = workers;
        this.conversations = conversations;
    }

    @Override
    public void setInputStream(InputStream stream) {
        in = stream;
    }

    @Override
    public void setOutputStream(OutputStream stream) {
        out = stream;
    }

    @Override
    public void setErrorStream(OutputStream stream) {
        error = stream;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) {
        Optional<String> protocol = Optional.ofNullable(environment.getEnv().get("GIT_PROTOCOL"));
        Optional<SshRequest> request = SshRequest.parse(line);
        if (request.isEmpty()) {
            refuse(new Refusal(404, "Nothing here but git. Push to git@HOST:APP.git."));
            return;
        }
        // The key may have been removed since this connection was opened.
        pusher(channel)
                .compose(pusher ->
                        app(request.get(), pusher).onSuccess(app -> hand(request.get(), pusher, app, protocol)))
                .onFailure(cause -> refuse(Admission.refusalFor(cause)));
    }

    @Override
    public void destroy(ChannelSession channel) {
        isGone = true;
        goneListeners.forEach(Runnable::run);
    }

    @Override
    public boolean isGone() {
        return isGone;
    }

    @Override
    public void onGone(Runnable listener) {
        goneListeners.add(listener);
        if (isGone) {
            listener.run();
        }
    }

    private Future<Pusher> pusher(ChannelSession channel) {
        return RegisteredKeys.fingerprint(channel.getSession())
                .map(admission::byKey)
                .orElseGet(() -> Future.failedFuture(new Refusal(401, "This SSH key is not registered.")));
    }

    private Future<App> app(SshRequest request, Pusher pusher) {
        return admission.toApp(request.appName(), pusher).compose(admission::counted);
    }

    private void hand(SshRequest request, Pusher pusher, App app, Optional<String> protocol) {
        Wire wire = new Wire(this, in, out, true);
        try {
            if (request.isPush()) {
                workers.push(() -> converse(app, () -> conversations.receive(wire, app, pusher)));
            } else {
                workers.read(() -> converse(app, () -> conversations.upload(wire, app, protocol)));
            }
        } catch (RejectedExecutionException full) {
            log.atWarn().addKeyValue("app", app.name()).log("git-workers-busy");
            refuse(new Refusal(
                    503,
                    request.isPush() ? "Too many pushes at once, try again." : "Too many fetches at once, try again."));
        }
    }

    private void converse(App app, Conversation conversation) {
        try {
            conversation.hold();
            out.flush();
            exit.onExit(0);
        } catch (IOException | RuntimeException broken) {
            if (isGone) {
                log.atDebug().addKeyValue("app", app.name()).log("git-client-gone");
            } else {
                log.atWarn().addKeyValue("app", app.name()).setCause(broken).log("git-exchange-failed");
            }
            tell("The platform could not serve this repository, try again.");
            exit.onExit(FAILED);
        }
    }

    /** Writing may block: a worker does it, or nobody when all are busy. */
    private void refuse(Refusal refusal) {
        try {
            workers.read(() -> {
                tell(refusal.text());
                exit.onExit(FAILED);
            });
        } catch (RejectedExecutionException full) {
            exit.onExit(FAILED);
        }
    }

    private void tell(String text) {
        try {
            error.write((" !     " + text + "\n").getBytes(StandardCharsets.UTF_8));
            error.flush();
        } catch (IOException gone) {
            log.atDebug().addKeyValue("reason", gone.getMessage()).log("ssh-client-not-told");
        }
    }

    /** What is said over the channel. */
    private interface Conversation {
        void hold() throws IOException;
    }
}
