package dev.celadon.runtime;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate authority a platform makes for itself on its first start, so that its TLS ports can be trusted by
 * name. Signs short chains: CA → leaf. Callers that sign on demand do it on a worker and keep the result.
 */
public final class LocalCa {
    private static final Duration CA_LIFE = Duration.ofDays(3650);
    private static final Duration LEAF_LIFE = Duration.ofDays(825);
    private static final X500Name CA_NAME = new X500Name("CN=Celadon local CA");

    private final Path directory;
    private final Clock clock;
    private final KeyPair caKey;
    private final X509CertificateHolder caCertificate;

    /** PEM texts, the certificate followed by the CA's. */
    public record Leaf(String certificatePem, String keyPem) {}

    private LocalCa(Path directory, Clock clock, KeyPair caKey, X509CertificateHolder caCertificate) {
        this.directory = directory;
        this.clock = clock;
        this.caKey = caKey;
        this.caCertificate = caCertificate;
    }

    /** Loads the CA of the directory, or makes it. Blocks: called at start. */
    public static LocalCa load(Path directory, Clock clock) throws IOException, GeneralSecurityException {
        Path certificate = directory.resolve("ca.pem");
        Path key = directory.resolve("ca.key");
        Files.createDirectories(directory);
        if (Files.exists(certificate) && Files.exists(key)) {
            return new LocalCa(directory, clock, readKey(key), readCertificate(certificate));
        }
        KeyPair pair = newKey();
        X509CertificateHolder made =
                sign(clock.instant(), CA_LIFE, CA_NAME, pair.getPublic(), pair.getPrivate(), List.of(), true);
        SecretKeys.writeOwnerOnly(key, pem(pair.getPrivate()));
        Files.writeString(certificate, pem(made));
        return new LocalCa(directory, clock, pair, made);
    }

    /** The CA's certificate, for clients to trust. */
    public Path certificateFile() {
        return directory.resolve("ca.pem");
    }

    /** A certificate for the names (DNS names or IP addresses), signed now. */
    public Leaf issue(List<String> names) {
        try {
            KeyPair key = newKey();
            X500Name subject = new X500Name("CN=" + names.get(0));
            X509CertificateHolder leaf =
                    sign(clock.instant(), LEAF_LIFE, subject, key.getPublic(), caKey.getPrivate(), names, false);
            return new Leaf(pem(leaf) + pem(caCertificate), pem(key.getPrivate()));
        } catch (IOException | GeneralSecurityException broken) {
            throw new IllegalStateException("cannot issue a certificate for " + names, broken);
        }
    }

    private static X509CertificateHolder sign(
            Instant now,
            Duration life,
            X500Name subject,
            PublicKey key,
            PrivateKey signer,
            List<String> names,
            boolean isCa)
            throws IOException, GeneralSecurityException {
        var builder = new JcaX509v3CertificateBuilder(
                CA_NAME,
                new BigInteger(127, new SecureRandom()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(life)),
                subject,
                key);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isCa));
        if (isCa) {
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } else {
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            List<GeneralName> alternatives = new ArrayList<>();
            names.forEach(name -> alternatives.add(
                    new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name)));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(alternatives.toArray(GeneralName[]::new)));
        }
        try {
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer));
        } catch (OperatorCreationException unsupported) {
            throw new GeneralSecurityException(unsupported);
        }
    }

    private static boolean isAddress(String name) {
        return name.indexOf(':') >= 0 || name.chars().allMatch(c -> c == '.' || Character.isDigit(c));
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static String pem(Object object) {
        try (StringWriter text = new StringWriter()) {
            try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
                // PKCS#8, the one form every TLS library reads.
                writer.writeObject(
                        object instanceof PrivateKey key
                                ? new org.bouncycastle.openssl.jcajce.JcaPKCS8Generator(key, null)
                                : object);
            }
            return text.toString();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static KeyPair readKey(Path file) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
            Object object = parser.readObject();
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
            if (object instanceof PEMKeyPair pair) {
                return converter.getKeyPair(pair);
            }
            if (object instanceof org.bouncycastle.asn1.pkcs.PrivateKeyInfo info) {
                return new KeyPair(null, converter.getPrivateKey(info));
            }
            throw new IOException(file + ": not a private key");
        }
    }

    private static X509CertificateHolder readCertificate(Path file) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
            if (parser.readObject() instanceof X509CertificateHolder certificate) {
                return certificate;
            }
            throw new IOException(file + ": not a certificate");
        }
    }
}
