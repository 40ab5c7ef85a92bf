package dev.celadon.gitreceiver.push;

import java.io.IOException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceiveCommand.Result;

/** Moves a ref of the app's repository, only if it is still where the pusher saw it. */
final class RefWrite {
    private final Repository repository;

    RefWrite(Repository repository) {
        this.repository = repository;
    }

    boolean isUnmoved(ReceiveCommand command) throws IOException {
        return current(command.getRefName()).equals(command.getOldId());
    }

    boolean isThereAlready(ReceiveCommand command) throws IOException {
        return current(command.getRefName()).equals(command.getNewId());
    }

    void apply(ReceiveCommand command) throws IOException {
        RefUpdate update = repository.updateRef(command.getRefName());
        update.setExpectedOldObjectId(command.getOldId());
        update.setForceUpdate(true);
        update.setRefLogMessage("push", false);
        if (command.getType() == ReceiveCommand.Type.DELETE) {
            settle(command, update.delete());
        } else {
            update.setNewObjectId(command.getNewId());
            settle(command, update.update());
        }
    }

    /** A clone checks out what HEAD names; it follows the branch that deploys. */
    void pointHeadAt(String branch) throws IOException {
        Ref head = repository.exactRef(Constants.HEAD);
        if (head == null || head.getObjectId() == null) {
            repository.updateRef(Constants.HEAD).link(branch);
        }
    }

    private ObjectId current(String name) throws IOException {
        Ref ref = repository.exactRef(name);
        ObjectId id = ref == null ? null : ref.getObjectId();
        return id == null ? ObjectId.zeroId() : id;
    }

    private static void settle(ReceiveCommand command, RefUpdate.Result result) {
        switch (result) {
            case NEW, FAST_FORWARD, FORCED, NO_CHANGE -> command.setResult(Result.OK);
            case LOCK_FAILURE -> command.setResult(Result.REJECTED_OTHER_REASON, "fetch first");
            default -> command.setResult(Result.REJECTED_OTHER_REASON, "failed to update ref: " + result);
        }
    }
}
