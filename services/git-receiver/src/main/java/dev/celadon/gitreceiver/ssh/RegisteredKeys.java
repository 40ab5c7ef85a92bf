package dev.celadon.gitreceiver.ssh;

import dev.celadon.gitreceiver.push.Answer;
import dev.celadon.gitreceiver.store.Accounts;
import java.io.IOException;
import java.security.PublicKey;
import java.util.Optional;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets in whoever proves to have a registered key, under any user name. Asked on the SSH server's own threads. */
final class RegisteredKeys implements PublickeyAuthenticator {
    private static final Logger log = LoggerFactory.getLogger(RegisteredKeys.class);
    private static final AttributeKey<String> FINGERPRINT = new AttributeKey<>();

    private final Accounts accounts;

    RegisteredKeys(Accounts accounts) {
        this.accounts = accounts;
    }

    /** Of the key the session was opened with. */
    static Optional<String> fingerprint(Session session) {
        return Optional.ofNullable(session.getAttribute(FINGERPRINT));
    }

    /**
     * Clients first ask for keys without proof; the last one asked for before a session opens is the one whose
     * signature was verified, so it is the one that counts.
     */
    @Override
    public boolean authenticate(String user, PublicKey key, ServerSession session) {
        session.removeAttribute(FINGERPRINT);
        if (key instanceof OpenSshCertificate) {
            return false;
        }
        String fingerprint = KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
        if (!isRegistered(fingerprint)) {
            return false;
        }
        session.setAttribute(FINGERPRINT, fingerprint);
        return true;
    }

    private boolean isRegistered(String fingerprint) {
        try {
            return Answer.of(accounts.byKey(fingerprint)).isPresent();
        } catch (IOException storeAway) {
            log.atWarn().addKeyValue("reason", storeAway.getMessage()).log("ssh-key-unchecked");
            return false;
        }
    }
}
