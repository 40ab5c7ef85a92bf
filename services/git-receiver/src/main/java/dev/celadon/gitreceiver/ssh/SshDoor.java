package dev.celadon.gitreceiver.ssh;

import dev.celadon.gitreceiver.access.Admission;
import dev.celadon.gitreceiver.http.Workers;
import dev.celadon.gitreceiver.store.Accounts;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** Wires git's SSH port. */
public final class SshDoor {
    private final Accounts accounts;
    private final Admission admission;
    private final Workers workers;
    private final GitConversations conversations;

    public SshDoor(Accounts accounts, Admission admission, Workers workers, GitConversations conversations) {
        this.accounts = accounts;
        this.admission = admission;
        this.workers = workers;
        this.conversations = conversations;
    }

    /** Listens. Blocks. */
    public GitSshServer open(GitSshServer.Options options, Path keyDirectory)
            throws IOException, GeneralSecurityException {
        GitSshServer server = new GitSshServer(
                options,
                HostKey.in(keyDirectory),
                new RegisteredKeys(accounts),
                (channel, line) -> new GitCommand(line, admission, workers, conversations));
        server.start();
        return server;
    }
}
