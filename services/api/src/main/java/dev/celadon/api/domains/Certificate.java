package dev.celadon.api.domains;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Representation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/**
 * A certificate chain and its key, checked against each other. Signing takes its time: made on a worker.
 *
 * @param keyPem PKCS#8, whatever form it came in
 * @param names the host names the first certificate is for
 */
record Certificate(String chainPem, String keyPem, List<String> names, ObjectNode details) {
    private static final byte[] PROBE = "is this the key of that certificate".getBytes(StandardCharsets.UTF_8);
    private static final int DNS_NAME = 2;

    /** @throws ApiException naming what is wrong */
    static Certificate parse(String chainPem, String keyPem) {
        List<X509Certificate> chain = chain(chainPem);
        PrivateKey key = key(keyPem);
        X509Certificate first = chain.get(0);
        requireMatch(first, key);
        List<String> names = names(first);
        boolean isSelfSigned = first.getIssuerX500Principal().equals(first.getSubjectX500Principal());
        ObjectNode details = Representation.identified(
                Representation.idOf(first.getSerialNumber().toString()));
        details.put("ca_signed?", !isSelfSigned)
                .put("self_signed?", isSelfSigned)
                .put("acm", false);
        names.forEach(name -> details.withArray("cert_domains").add(name));
        if (names.isEmpty()) {
            details.putArray("cert_domains");
        }
        details.put("issuer", name(first.getIssuerX500Principal()))
                .put("subject", name(first.getSubjectX500Principal()));
        details.put("starts_at", time(first.getNotBefore())).put("expires_at", time(first.getNotAfter()));
        return new Certificate(chainPem.strip() + "\n", pem(key), names, details);
    }

    String detail(String name) {
        return details.get(name).asText();
    }

    private static List<X509Certificate> chain(String pem) {
        try {
            List<X509Certificate> chain = new ArrayList<>();
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                    .forEach(certificate -> chain.add((X509Certificate) certificate));
            if (chain.isEmpty()) {
                throw ApiException.invalid("certificate_chain: has no certificate (expected: PEM)");
            }
            for (int i = 1; i < chain.size(); i++) {
                if (!chain.get(i - 1)
                        .getIssuerX500Principal()
                        .equals(chain.get(i).getSubjectX500Principal())) {
                    throw ApiException.invalid(
                            "certificate_chain: certificate " + (i + 1) + " is not the issuer of the one before it");
                }
            }
            return chain;
        } catch (CertificateException malformed) {
            throw ApiException.invalid("certificate_chain: is no certificate in PEM");
        }
    }

    private static PrivateKey key(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                if (object instanceof PEMKeyPair pair) {
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
                }
                if (object instanceof PrivateKeyInfo info) {
                    return converter.getPrivateKey(info);
                }
            }
        } catch (IOException | RuntimeException malformed) {
            throw ApiException.invalid("private_key: cannot be read");
        }
        throw ApiException.invalid("private_key: is no private key in PEM without a passphrase");
    }

    private static void requireMatch(X509Certificate certificate, PrivateKey key) {
        boolean isMatch;
        try {
            String algorithm = switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC", "ECDSA" -> "SHA256withECDSA";
                default -> key.getAlgorithm();
            };
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(PROBE);
            isMatch = signature.verify(signed);
        } catch (GeneralSecurityException otherKind) {
            isMatch = false;
        }
        if (!isMatch) {
            throw ApiException.invalid("private_key: is not the key of the first certificate");
        }
    }

    private static List<String> names(X509Certificate certificate) {
        TreeSet<String> names = new TreeSet<>();
        try {
            var alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.stream()
                        .filter(name -> Integer.valueOf(DNS_NAME).equals(name.get(0)))
                        .forEach(name -> names.add(String.valueOf(name.get(1))));
            }
        } catch (CertificateException malformed) {
            throw ApiException.invalid("certificate_chain: its alternative names cannot be read");
        }
        if (names.isEmpty()) {
            for (String part : certificate.getSubjectX500Principal().getName().split(",")) {
                if (part.startsWith("CN=")) {
                    names.add(part.substring(3));
                }
            }
        }
        return List.copyOf(names);
    }

    /** {@code /C=US/O=Example/CN=www.example.com}, as certificates are commonly printed. */
    private static String name(X500Principal principal) {
        List<String> parts = new ArrayList<>(List.of(principal.getName().split("(?<!\\\\),")));
        java.util.Collections.reverse(parts);
        return "/" + String.join("/", parts);
    }

    private static String time(Date date) {
        return date.toInstant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** PKCS#8, the one form every TLS library reads. */
    static String pem(PrivateKey key) {
        java.io.StringWriter text = new java.io.StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(new JcaPKCS8Generator(key, null));
        } catch (IOException unwritable) {
            throw ApiException.invalid("private_key: cannot be read");
        }
        return text.toString();
    }
}
