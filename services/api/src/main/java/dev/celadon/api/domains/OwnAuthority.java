package dev.celadon.api.domains;

import dev.celadon.runtime.LocalCa;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/** The platform's own authority: trusted by whoever trusts {@code CELADON_CA}. */
final class OwnAuthority implements CertificateAuthority {
    private final Vertx vertx;
    private final LocalCa ca;

    OwnAuthority(Vertx vertx, LocalCa ca) {
        this.vertx = vertx;
        this.ca = ca;
    }

    @Override
    public Future<Certificate> issue(String hostname) {
        return vertx.executeBlocking(
                () -> {
                    LocalCa.Leaf leaf = ca.issue(List.of(hostname));
                    return Certificate.parse(leaf.certificatePem(), leaf.keyPem());
                },
                false);
    }

    @Override
    public void close() {}
}
