package dev.celadon.gitreceiver.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of each ref of one push: at most one builds, the others are taken or refused. */
public record PushPlan(List<Step> steps) {

    /** What becomes of a ref; {@code reason} is shown for refused ones. */
    public record Step(RefChange change, Fate fate, String reason) {}

    public enum Fate {
        BUILD,
        TAKE,
        /** Taken, and the pusher is told that it is not built. */
        TAKE_UNBUILT,
        REFUSE
    }

    /**
     * @param isAtomic all or nothing: one refused ref refuses the others
     */
    public static PushPlan of(List<RefChange> changes, boolean isAtomic) {
        List<Step> steps = new ArrayList<>();
        boolean hasBuild = false;
        for (RefChange change : changes) {
            Step step = step(change, hasBuild);
            hasBuild |= step.fate() == Fate.BUILD;
            steps.add(step);
        }
        if (isAtomic && steps.stream().anyMatch(step -> step.fate() == Fate.REFUSE)) {
            steps.replaceAll(step ->
                    step.fate() == Fate.REFUSE ? step : new Step(step.change(), Fate.REFUSE, "atomic push refused"));
        }
        return new PushPlan(List.copyOf(steps));
    }

    public Optional<Step> build() {
        return steps.stream().filter(step -> step.fate() == Fate.BUILD).findFirst();
    }

    private static Step step(RefChange change, boolean hasBuild) {
        if (change.isMain()) {
            if (change.isDeletion()) {
                return new Step(change, Fate.REFUSE, "the branch that deploys cannot be deleted");
            }
            return hasBuild
                    ? new Step(change, Fate.REFUSE, "one push builds one branch; push this one by itself")
                    : new Step(change, Fate.BUILD, "");
        }
        if (change.isBranch()) {
            return new Step(change, change.isDeletion() ? Fate.TAKE : Fate.TAKE_UNBUILT, "");
        }
        return change.isTag()
                ? new Step(change, Fate.TAKE, "")
                : new Step(change, Fate.REFUSE, "only branches and tags are kept here");
    }
}
