package dev.celadon.api.domains;

import io.vertx.core.Future;

/** Who signs the certificates that the platform sees to: its own authority, or one that is asked by ACME. */
interface CertificateAuthority {
    /** A new certificate for the host name; the message of a failure is shown to the app's owner. */
    Future<Certificate> issue(String hostname);

    void close();
}
