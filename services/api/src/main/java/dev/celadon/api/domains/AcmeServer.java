package dev.celadon.api.domains;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.provider.GenericAcmeProvider;

/**
 * The ACME server to ask.
 *
 * @param directory URL of its directory (RFC 8555 section 7.1.1)
 * @param email for its warnings; none when empty
 * @param roots PEM of who signed its own certificate, for a private one; otherwise whom Java trusts
 */
public record AcmeServer(String directory, String email, Optional<Path> roots) {

    /** Blocks: reads the roots. */
    Session session() throws IOException, GeneralSecurityException {
        if (roots.isEmpty()) {
            return new Session(directory);
        }
        SSLContext trusting = trusting(roots.get());
        return new Session(URI.create(directory), new GenericAcmeProvider() {
            @Override
            public HttpClient createHttpClient(NetworkSettings settings) {
                return HttpClient.newBuilder()
                        .sslContext(trusting)
                        .connectTimeout(settings.getTimeout())
                        .build();
            }
        });
    }

    private static SSLContext trusting(Path roots) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream pem = Files.newInputStream(roots)) {
            for (Certificate root : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("root-" + trusted.size(), root);
            }
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
