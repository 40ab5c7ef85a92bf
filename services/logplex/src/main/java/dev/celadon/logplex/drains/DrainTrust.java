package dev.celadon.logplex.drains;

import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The authorities whose certificates drains may show. Blocks. */
public final class DrainTrust {
    private DrainTrust() {}

    /** Java's own authorities and those of the file. */
    public static TrustOptions load(Optional<Path> file) throws IOException, GeneralSecurityException {
        TrustManager usual = manager(null);
        return TrustOptions.wrap(file.isEmpty() ? usual : manager(together((X509TrustManager) usual, file.get())));
    }

    private static KeyStore together(X509TrustManager usual, Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Certificate authority : usual.getAcceptedIssuers()) {
            store.setCertificateEntry("usual-" + store.size(), authority);
        }
        try (InputStream pem = Files.newInputStream(file)) {
            for (Certificate authority : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("own-" + store.size(), authority);
            }
        }
        return store;
    }

    private static TrustManager manager(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .findFirst()
                .orElseThrow();
    }
}
