package dev.celadon.gitreceiver.push;

import dev.celadon.gitreceiver.domain.PushPlan;
import dev.celadon.gitreceiver.domain.PushPlan.Fate;
import dev.celadon.gitreceiver.domain.PushText;
import dev.celadon.gitreceiver.domain.RefChange;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceiveCommand.Result;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives every ref of one push its result: built and moved, moved, or refused with a reason. */
final class PushDecision {
    private static final Logger log = LoggerFactory.getLogger(PushDecision.class);
    private static final String DECLINED = "pre-receive hook declined";

    private final PushBuild build;
    private final PushText text;
    private final PushBuild.Push push;

    PushDecision(PushBuild build, PushText text, PushBuild.Push push) {
        this.build = build;
        this.text = text;
        this.push = push;
    }

    void decide(Collection<ReceiveCommand> commands, boolean isAtomic) {
        List<ReceiveCommand> asked = List.copyOf(commands);
        try {
            PushPlan plan = PushPlan.of(asked.stream().map(PushDecision::change).toList(), isAtomic);
            refuse(plan, asked);
            boolean isDeclined = !buildIfAny(plan, asked);
            if (!isDeclined || !isAtomic) {
                take(plan, asked);
            }
        } catch (PusherGone gone) {
            log.atInfo().addKeyValue("push", push.id()).log("push-cancelled");
        } catch (IOException | RuntimeException broken) {
            log.atError().addKeyValue("push", push.id()).setCause(broken).log("push-failed");
            tell(text.rejected("the platform failed to take it, try again"));
        }
        asked.stream()
                .filter(command -> command.getResult() == Result.NOT_ATTEMPTED)
                .forEach(command -> command.setResult(Result.REJECTED_OTHER_REASON, DECLINED));
    }

    private static void refuse(PushPlan plan, List<ReceiveCommand> asked) {
        for (int i = 0; i < asked.size(); i++) {
            PushPlan.Step step = plan.steps().get(i);
            if (step.fate() == Fate.REFUSE) {
                asked.get(i).setResult(Result.REJECTED_OTHER_REASON, step.reason());
            }
        }
    }

    /** Whether nothing was to build, or it was built and its ref moved. */
    private boolean buildIfAny(PushPlan plan, List<ReceiveCommand> asked) throws IOException {
        for (int i = 0; i < asked.size(); i++) {
            if (plan.steps().get(i).fate() == Fate.BUILD) {
                build.run(push, asked.get(i));
                return asked.get(i).getResult() == Result.OK;
            }
        }
        return true;
    }

    private void take(PushPlan plan, List<ReceiveCommand> asked) throws IOException {
        RefWrite refs = new RefWrite(push.repository());
        boolean isReleased = false;
        boolean isToldUnbuilt = false;
        for (int i = 0; i < asked.size(); i++) {
            Fate fate = plan.steps().get(i).fate();
            if (fate != Fate.TAKE && fate != Fate.TAKE_UNBUILT) {
                continue;
            }
            if (!isReleased) {
                push.quarantine().release();
                isReleased = true;
            }
            if (fate == Fate.TAKE_UNBUILT && !isToldUnbuilt) {
                push.band().say(text.unbuilt());
                isToldUnbuilt = true;
            }
            refs.apply(asked.get(i));
        }
    }

    private void tell(String line) {
        try {
            push.band().say(line);
        } catch (IOException gone) {
            log.atDebug().addKeyValue("push", push.id()).log("pusher-not-told");
        }
    }

    private static RefChange change(ReceiveCommand command) {
        return new RefChange(command.getRefName(), command.getType() == ReceiveCommand.Type.DELETE);
    }
}
