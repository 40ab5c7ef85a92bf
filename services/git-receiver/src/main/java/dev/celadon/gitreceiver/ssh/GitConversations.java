package dev.celadon.gitreceiver.ssh;

import dev.celadon.gitreceiver.domain.App;
import dev.celadon.gitreceiver.domain.Pusher;
import dev.celadon.gitreceiver.push.Pushes;
import dev.celadon.gitreceiver.push.Wire;
import dev.celadon.gitreceiver.repository.Repositories;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.UploadPack;

/** The two conversations of git over one connection, each on a blocking thread. */
public final class GitConversations {
    private static final int SILENCE_SECONDS = 120;

    private final Repositories repositories;
    private final Pushes pushes;

    public GitConversations(Repositories repositories, Pushes pushes) {
        this.repositories = repositories;
        this.pushes = pushes;
    }

    void receive(Wire wire, App app, Pusher pusher) throws IOException {
        try (Repository repository = repositories.open(app.id())) {
            pushes.receive(wire, repository, app, pusher);
        }
    }

    /** @param protocol {@code version=2}, as the client proposes */
    void upload(Wire wire, App app, Optional<String> protocol) throws IOException {
        try (Repository repository = repositories.open(app.id())) {
            UploadPack uploadPack = new UploadPack(repository);
            uploadPack.setTimeout(SILENCE_SECONDS);
            protocol.ifPresent(proposal -> uploadPack.setExtraParameters(List.of(proposal.split(":"))));
            uploadPack.uploadWithExceptionPropagation(wire.in(), wire.out(), null);
        }
    }
}
