package dev.celadon.gitreceiver.http;

import dev.celadon.gitreceiver.domain.App;
import dev.celadon.gitreceiver.domain.AppPath.Resource;
import dev.celadon.gitreceiver.domain.Pusher;
import dev.celadon.gitreceiver.push.Pushes;
import dev.celadon.gitreceiver.push.Wire;
import dev.celadon.gitreceiver.repository.Repositories;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The three conversations of smart HTTP, each on a blocking thread. */
public final class GitExchanges {
    private static final Logger log = LoggerFactory.getLogger(GitExchanges.class);

    private final Repositories repositories;
    private final Pushes pushes;

    public GitExchanges(Repositories repositories, Pushes pushes) {
        this.repositories = repositories;
        this.pushes = pushes;
    }

    static boolean isService(@Nullable String service) {
        return Resource.RECEIVE_PACK.service().equals(service)
                || Resource.UPLOAD_PACK.service().equals(service);
    }

    void refs(Exchange exchange, App app, String service) {
        exchange.type("application/x-" + service + "-advertisement");
        converse(exchange, app, repository -> {
            PacketLineOut packets = new PacketLineOut(exchange);
            PacketLineOutRefAdvertiser advertiser = new PacketLineOutRefAdvertiser(packets);
            if (Resource.UPLOAD_PACK.service().equals(service)) {
                uploadPackOf(repository, exchange).sendAdvertisedRefs(advertiser, service);
            } else {
                packets.writeString("# service=" + service + "\n");
                packets.end();
                ReceivePack receivePack = new ReceivePack(repository);
                receivePack.setBiDirectionalPipe(false);
                receivePack.sendAdvertisedRefs(advertiser);
            }
            packets.flush();
        });
    }

    void uploadPack(Exchange exchange, App app) {
        exchange.type("application/x-git-upload-pack-result");
        converse(
                exchange,
                app,
                repository -> uploadPackOf(repository, exchange)
                        .uploadWithExceptionPropagation(input(exchange), exchange, null));
    }

    void receivePack(Exchange exchange, App app, Pusher pusher) {
        exchange.type("application/x-git-receive-pack-result");
        converse(
                exchange,
                app,
                repository ->
                        pushes.receive(new Wire(exchange, input(exchange), exchange, false), repository, app, pusher));
    }

    private void converse(Exchange exchange, App app, Conversation conversation) {
        try (Repository repository = repositories.open(app.id())) {
            conversation.with(repository);
            exchange.close();
        } catch (IOException | RuntimeException broken) {
            if (exchange.isGone()) {
                log.atDebug().addKeyValue("app", app.name()).log("git-client-gone");
            } else {
                log.atWarn().addKeyValue("app", app.name()).setCause(broken).log("git-exchange-failed");
            }
            exchange.fail(500, "The platform could not serve this repository, try again.");
        }
    }

    private static UploadPack uploadPackOf(Repository repository, Exchange exchange) {
        UploadPack uploadPack = new UploadPack(repository);
        uploadPack.setBiDirectionalPipe(false);
        exchange.gitProtocol().ifPresent(proposal -> uploadPack.setExtraParameters(List.of(proposal.split(":"))));
        return uploadPack;
    }

    private static InputStream input(Exchange exchange) throws IOException {
        return exchange.isZipped() ? new GZIPInputStream(exchange.body()) : exchange.body();
    }

    /** What is said over an open repository. */
    private interface Conversation {
        void with(Repository repository) throws IOException;
    }
}
