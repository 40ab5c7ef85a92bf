package dev.celadon.gitreceiver.push;

import dev.celadon.gitreceiver.domain.App;
import dev.celadon.gitreceiver.domain.PushText;
import dev.celadon.gitreceiver.domain.Pusher;
import dev.celadon.gitreceiver.repository.Quarantine;
import dev.celadon.gitreceiver.repository.Repositories;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.eclipse.jgit.errors.UnpackException;
import org.eclipse.jgit.internal.submodule.SubmoduleValidator.SubmoduleValidationException;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceivePack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives pushes: the objects into a quarantine, checked; then what they are for is decided and done. */
public final class Pushes {
    private static final Logger log = LoggerFactory.getLogger(Pushes.class);
    private static final int SILENCE_SECONDS = 120;

    private final Repositories repositories;
    private final PushBuild build;
    private final PushText text;
    private final long maxPackBytes;

    public Pushes(Repositories repositories, PushBuild build, PushText text, long maxPackBytes) {
        this.repositories = repositories;
        this.build = build;
        this.text = text;
        this.maxPackBytes = maxPackBytes;
    }

    public void receive(Wire wire, Repository repository, App app, Pusher pusher) throws IOException {
        UUID pushId = UUID.randomUUID();
        try (Quarantine quarantine = repositories.quarantine(pushId, app.id())) {
            GreetingReceivePack pack = new GreetingReceivePack(quarantine.repository(), wire.peer(), text.receiving());
            pack.setBiDirectionalPipe(wire.isTwoWay());
            if (wire.isTwoWay()) {
                pack.setTimeout(SILENCE_SECONDS); // HTTP's streams have their own patience
            }
            pack.setObjectChecker(new ObjectChecker());
            pack.setMaxPackSizeLimit(maxPackBytes);
            pack.setAdvertisedRefs(refs(repository), Set.of());
            pack.setPreReceiveHook((receiving, commands) -> {
                SideBand band = new SideBand(wire.peer(), receiving.getMessageOutputStream());
                new PushDecision(build, text, new PushBuild.Push(pushId, app, pusher, quarantine, repository, band))
                        .decide(commands, receiving.isAtomic());
            });
            try {
                pack.receiveWithExceptionPropagation(wire.in(), wire.out(), null);
            } catch (UnpackException told) {
                // The pusher has read why; the rest of the pack is thrown away.
                log.atInfo()
                        .addKeyValue("app", app.name())
                        .addKeyValue("reason", reason(told))
                        .log("push-unpack-refused");
            }
        }
    }

    private static Map<String, Ref> refs(Repository repository) throws IOException {
        Map<String, Ref> refs = new HashMap<>();
        repository.getRefDatabase().getRefs().forEach(ref -> refs.put(ref.getName(), ref));
        return refs;
    }

    private static String reason(Throwable told) {
        Throwable cause = told.getCause();
        return String.valueOf(cause == null ? told.getMessage() : cause.getMessage());
    }

    /** Greets before the objects are read, so that the first line a pusher reads is always the same. */
    private static final class GreetingReceivePack extends ReceivePack {
        private final Peer peer;
        private final String greeting;

        GreetingReceivePack(Repository quarantine, Peer peer, String greeting) {
            super(quarantine);
            this.peer = peer;
            this.greeting = greeting;
        }

        @Override
        protected void receivePackAndCheckConnectivity() throws IOException, SubmoduleValidationException {
            new SideBand(peer, getMessageOutputStream()).say(greeting);
            super.receivePackAndCheckConnectivity();
        }
    }
}
