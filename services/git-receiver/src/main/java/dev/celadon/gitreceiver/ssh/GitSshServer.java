package dev.celadon.gitreceiver.ssh;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.command.CommandFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Git's SSH port: public keys only, no shell, no forwarding, no files. Its methods block. */
public final class GitSshServer {
    private static final Logger log = LoggerFactory.getLogger(GitSshServer.class);
    private static final int MOST_KEYS_OFFERED = 12;
    private static final int THREADS = 8;

    private final SshServer server = SshServer.setUpDefaultServer();

    /**
     * @param connections open at once; further ones are closed unheard
     * @param authentication a client that has not proved its key by then is sent away
     * @param idle a connection without a byte either way is closed after it
     */
    public record Options(String host, int port, int connections, Duration authentication, Duration idle) {}

    GitSshServer(Options options, KeyPairProvider hostKey, PublickeyAuthenticator keys, CommandFactory commands) {
        server.setHost(options.host());
        server.setPort(options.port());
        server.setNioWorkers(THREADS);
        server.setKeyPairProvider(hostKey);
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setPublickeyAuthenticator(keys);
        server.setCommandFactory(commands);
        server.setShellFactory(channel -> commands.createCommand(channel, ""));
        server.setSubsystemFactories(List.of());
        server.setChannelFactories(List.of(ChannelSessionFactory.INSTANCE));
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.addSessionListener(new ConnectionLimit(options.connections()));
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "CELADON");
        CoreModuleProperties.AUTH_TIMEOUT.set(server, options.authentication());
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, MOST_KEYS_OFFERED);
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(server, 1);
        CoreModuleProperties.IDLE_TIMEOUT.set(server, options.idle());
        CoreModuleProperties.SOCKET_KEEPALIVE.set(server, true);
    }

    public void start() throws IOException {
        server.start();
    }

    public void stop() throws IOException {
        server.stop(true);
    }

    /** The port it really listens on. */
    public int port() {
        return server.getPort();
    }

    public boolean isListening() {
        return server.isStarted();
    }

    /** Closes connections past the limit, before a byte of theirs is read. */
    private static final class ConnectionLimit implements SessionListener {
        private final int limit;
        private final Set<Session> open = ConcurrentHashMap.newKeySet();

        private ConnectionLimit(int limit) {
            this.limit = limit;
        }

        @Override
        public void sessionCreated(Session session) {
            open.add(session);
            if (open.size() > limit) {
                log.atWarn().addKeyValue("limit", limit).log("ssh-connection-refused");
                session.close(true);
            }
        }

        @Override
        public void sessionClosed(Session session) {
            open.remove(session);
        }
    }
}
