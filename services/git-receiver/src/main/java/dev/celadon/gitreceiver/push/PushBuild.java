package dev.celadon.gitreceiver.push;

import dev.celadon.contract.PushReceived;
import dev.celadon.contract.Topic;
import dev.celadon.gitreceiver.domain.App;
import dev.celadon.gitreceiver.domain.BuildState;
import dev.celadon.gitreceiver.domain.PushText;
import dev.celadon.gitreceiver.domain.Pusher;
import dev.celadon.gitreceiver.repository.Quarantine;
import dev.celadon.gitreceiver.store.PushStore;
import dev.celadon.gitreceiver.store.PushStore.End;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.InternalHttp;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceiveCommand.Result;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One push of the branch that deploys: its turn, its build, its ref, its launch. */
public final class PushBuild {
    private static final Logger log = LoggerFactory.getLogger(PushBuild.class);

    private final Parts parts;
    private final Bus bus;
    private final InternalHttp internal;
    private final PushText text;
    private final Duration turnLimit;
    private final MeterRegistry meters;

    /** What the steps of a build are made of. */
    public record Parts(
            PushStore store, BuildFollower follower, Launch launch, Compilers compilers, Hints hints, Clock clock) {}

    /** A push under way. */
    record Push(UUID id, App app, Pusher pusher, Quarantine quarantine, Repository repository, SideBand band) {}

    public PushBuild(
            Parts parts, Bus bus, InternalHttp internal, PushText text, Duration turnLimit, MeterRegistry meters) {
        this.parts = parts;
        this.bus = bus;
        this.internal = internal;
        this.text = text;
        this.turnLimit = turnLimit;
        this.meters = meters;
    }

    /** Leaves its result in the command: not attempted means declined. */
    void run(Push push, ReceiveCommand command) throws IOException {
        if (!isCommit(push, command)) {
            command.setResult(Result.REJECTED_OTHER_REASON, "a branch that deploys must be a commit");
            return;
        }
        Answer.of(parts.store().enter(row(push, command)));
        End end = End.ABANDONED;
        boolean hadTurn = false;
        try {
            hadTurn = takeTurn(push, command);
            end = hadTurn ? build(push, command) : End.REJECTED;
        } finally {
            close(push, end, hadTurn);
        }
        if (end == End.BUILT) {
            announce(push);
        }
    }

    /** False when the branch has moved meanwhile: then nothing is to build any more. */
    private boolean takeTurn(Push push, ReceiveCommand command) throws IOException {
        Instant deadline = parts.clock().instant().plus(turnLimit);
        boolean isTold = false;
        while (!Answer.of(parts.store().takeTurn(push.id()))) {
            if (!isTold) {
                push.band().say(text.waiting());
                isTold = true;
            }
            push.band().check();
            if (parts.clock().instant().isAfter(deadline)) {
                push.band().say(text.rejected("another push of this app does not end"));
                return false;
            }
            parts.hints().await();
        }
        RefWrite refs = new RefWrite(push.repository());
        if (refs.isThereAlready(command)) {
            command.setResult(Result.OK);
            return false;
        }
        if (!refs.isUnmoved(command)) {
            push.band().say(text.rejected("another push was faster, fetch first"));
            command.setResult(Result.REJECTED_OTHER_REASON, "fetch first");
            return false;
        }
        return true;
    }

    private End build(Push push, ReceiveCommand command) throws IOException {
        bus.publish(Topic.PUSH_RECEIVED, new PushReceived(push.id(), push.app().id()));
        BuildState build = parts.follower().follow(push.id(), push.band());
        if (!build.hasSucceeded()) {
            push.band().say(text.rejected(build.reason()));
            return build.hasEnded() ? End.REJECTED : End.ABANDONED;
        }
        // From here on there will be a release: the ref follows it even if the pusher is gone.
        push.quarantine().release();
        RefWrite refs = new RefWrite(push.repository());
        refs.apply(command);
        refs.pointHeadAt(command.getRefName());
        return command.getResult() == Result.OK ? End.BUILT : End.REJECTED;
    }

    private void announce(Push push) {
        try {
            parts.launch().announce(push.id(), push.app(), push.band());
        } catch (IOException unseen) {
            log.atInfo()
                    .addKeyValue("push", push.id())
                    .addKeyValue("reason", unseen.getMessage())
                    .log("push-launch-unseen");
        }
        push.repository().autoGC(org.eclipse.jgit.lib.NullProgressMonitor.INSTANCE);
    }

    /** A build given up may have been good a moment before: then {@link Unattended} lets the ref follow. */
    private void close(Push push, End end, boolean hadTurn) throws IOException {
        boolean isLeft = end == End.ABANDONED && hadTurn;
        if (isLeft) {
            push.quarantine().keep();
            parts.compilers().cancel(push.id());
        }
        log.atInfo()
                .addKeyValue("push", push.id())
                .addKeyValue("app", push.app().name())
                .addKeyValue("end", end)
                .log("push-ended");
        meters.counter("git.pushes", "end", end.name().toLowerCase(Locale.ROOT)).increment();
        Answer.of(isLeft ? parts.store().leave(push.id()) : parts.store().end(push.id(), end));
        parts.hints().wakeAll();
    }

    private PushStore.Push row(Push push, ReceiveCommand command) {
        return new PushStore.Push(
                push.id(),
                push.app().id(),
                push.pusher().accountId(),
                push.pusher().email(),
                command.getRefName(),
                command.getOldId().name(),
                command.getNewId().name(),
                push.quarantine().directory().toString(),
                internal.url() + "/git/pushes/" + push.id() + "/source.tar");
    }

    private static boolean isCommit(Push push, ReceiveCommand command) throws IOException {
        try (RevWalk walk = new RevWalk(push.quarantine().repository())) {
            return walk.lookupCommit(command.getNewId()).equals(walk.parseCommit(command.getNewId()));
        } catch (IncorrectObjectTypeException notACommit) {
            return false;
        }
    }
}
