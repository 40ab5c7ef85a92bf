package dev.celadon.api.domains;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.exception.AcmeException;

/**
 * Certificates of a public authority by ACME (RFC 8555). It asks the host name itself for the answer to a challenge over
 * plain HTTP on port 80, so the router must be reachable there. Its client blocks: it works on threads of its own.
 */
final class AcmeAuthority implements CertificateAuthority {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int AT_ONCE = 2;

    private final AcmeStore store;
    private final AcmeServer server;
    private final WorkerExecutor workers;

    AcmeAuthority(Vertx vertx, AcmeStore store, AcmeServer server) {
        this.store = store;
        this.server = server;
        this.workers = vertx.createSharedWorkerExecutor(
                "acme", AT_ONCE, PATIENCE.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One order on its way: proofs the server wants to see before it signs. */
    private record Begun(Order order, List<Authorization> unproven) {}

    @Override
    public Future<Certificate> issue(String hostname) {
        return blocking(() -> text(newKey()))
                .compose(fresh -> store.accountKey(server.directory(), fresh))
                .compose(key -> blocking(() -> begin(key, hostname)))
                .compose(begun -> offer(begun, hostname)
                        .compose(offered -> blocking(() -> finish(begun)))
                        .eventually(() -> store.withdraw(hostname)));
    }

    @Override
    public void close() {
        workers.close();
    }

    private Begun begin(String accountKey, String hostname)
            throws AcmeException, IOException, GeneralSecurityException {
        AccountBuilder account = new AccountBuilder().agreeToTermsOfService().useKeyPair(keyPair(accountKey));
        if (!server.email().isEmpty()) {
            account.addEmail(server.email());
        }
        Order order =
                account.create(server.session()).newOrder().domain(hostname).create();
        List<Authorization> unproven = order.getAuthorizations().stream()
                .filter(authorization -> authorization.getStatus() != Status.VALID)
                .toList();
        return new Begun(order, unproven);
    }

    private Future<?> offer(Begun begun, String hostname) {
        return Future.all(begun.unproven().stream()
                .map(AcmeAuthority::challenge)
                .map(challenge -> store.offer(challenge.getToken(), hostname, challenge.getAuthorization()))
                .toList());
    }

    private Certificate finish(Begun begun)
            throws AcmeException, IOException, GeneralSecurityException, InterruptedException {
        for (Authorization authorization : begun.unproven()) {
            Http01Challenge challenge = challenge(authorization);
            challenge.trigger();
            if (authorization.waitForCompletion(PATIENCE) != Status.VALID) {
                authorization.fetch();
                throw new AcmeException(reason(challenge(authorization).getError()));
            }
        }
        Order order = begun.order();
        order.waitUntilReady(PATIENCE);
        KeyPair key = newKey();
        order.execute(key);
        if (order.waitForCompletion(PATIENCE) != Status.VALID) {
            throw new AcmeException(reason(order.getError()));
        }
        StringWriter chain = new StringWriter();
        order.getCertificate().writeCertificate(chain);
        return Certificate.parse(chain.toString(), Certificate.pem(key.getPrivate()));
    }

    private static Http01Challenge challenge(Authorization authorization) {
        return authorization
                .findChallenge(Http01Challenge.class)
                .orElseThrow(() -> new IllegalStateException("the authority offers no proof over HTTP"));
    }

    private static String reason(Optional<Problem> problem) {
        return problem.flatMap(Problem::getDetail).orElse("the authority gave no reason");
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /** Both halves: the JDK's private key does not hold the public one. */
    private static String text(KeyPair key) {
        Base64.Encoder encoder = Base64.getEncoder();
        return encoder.encodeToString(key.getPrivate().getEncoded())
                + " "
                + encoder.encodeToString(key.getPublic().getEncoded());
    }

    private static KeyPair keyPair(String text) throws GeneralSecurityException {
        Base64.Decoder decoder = Base64.getDecoder();
        int middle = text.indexOf(' ');
        KeyFactory factory = KeyFactory.getInstance("EC");
        return new KeyPair(
                factory.generatePublic(new X509EncodedKeySpec(decoder.decode(text.substring(middle + 1)))),
                factory.generatePrivate(new PKCS8EncodedKeySpec(decoder.decode(text.substring(0, middle)))));
    }

    private <T> Future<T> blocking(java.util.concurrent.Callable<T> work) {
        return workers.executeBlocking(work, false);
    }
}
