package dev.celadon.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.contract.CertificatesChanged;
import dev.celadon.contract.Topic;
import dev.celadon.router.testing.Raw;
import dev.celadon.router.testing.RawDyno;
import dev.celadon.router.testing.RouterRig;
import dev.celadon.router.testing.TestApp;
import dev.celadon.router.testing.Tls;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.LocalCa;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS at the edge, with a client that trusts the platform's CA and checks names. */
class TlsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static volatile List<Object> certificates = List.of();

    @TempDir
    static Path directory;

    private static RouterRig rig;
    private static Tls tls;

    @BeforeAll
    static void start() throws Exception {
        rig = new RouterRig(directory, Map.of("CELADON_ROUTER_CERTIFICATE_LOOK", "1h"));
        rig.platform()
                .platform()
                .internal()
                .router()
                .get("/api/certificates")
                .handler(context -> context.end(Json.write(certificates)));
        tls = new Tls(rig.platform().platform().ca().certificateFile());
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    private SSLSocket connect(String name, String version) throws Exception {
        return rig.own(tls.connect(rig.router().tlsPort(), name, version));
    }

    private static X509Certificate shown(SSLSocket socket) throws Exception {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    @Test
    void everyHostOfThePlatformHasALeafInBothVersions() throws Exception {
        RawDyno dyno = rig.dyno().serving(connection -> {
            while (connection.head().contains("X-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\n")) {
                connection.say(OK);
            }
        });
        TestApp app = rig.app(dyno);
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            SSLSocket socket = connect(app.host(), version);
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            assertThat(shown(socket).getSubjectX500Principal().getName()).isEqualTo("CN=" + app.host());
            Raw client = new Raw(socket).say(app.get("/", ""));
            assertThat(client.hear("ok")).startsWith("HTTP/1.1 200 OK");
            client.say(app.get("/", "Connection: close\r\n"));
            assertThat(client.rest()).endsWith("ok");
        }
        assertThat(app.line()).endsWith(" protocol=https");
    }

    @Test
    void olderVersionsAreRefused() {
        // A client of today does not even offer TLS 1.1, so this one asks by hand; the answer is the alert
        // protocol_version.
        try (Raw client = Raw.connect(rig.router().tlsPort())) {
            byte[] hello =
                    HexFormat.of().parseHex("160301002f0100002b0302" + "00".repeat(32) + "000004c013c014" + "0100");
            client.say(hello);
            assertThat(client.rest()).startsWith("\u0015\u0003").endsWith("\u0002F");
        }
    }

    @Test
    void anAppsCertificateIsShownAndChangedWithoutARestart() throws Exception {
        LocalCa ca = rig.platform().platform().ca();
        for (int version = 1; version <= 2; version++) {
            LocalCa.Leaf leaf = ca.issue(List.of("www.example.com"));
            certificates = List.of(Map.of(
                    "id", "c1",
                    "version", version,
                    "hosts", List.of("www.example.com"),
                    "chain", leaf.certificatePem(),
                    "key", leaf.keyPem()));
            rig.platform().platform().bus().publish(Topic.CERTIFICATES_CHANGED, new CertificatesChanged());
            X509Certificate expected;
            try (InputStream pem = new java.io.ByteArrayInputStream(
                    leaf.certificatePem().getBytes(java.nio.charset.StandardCharsets.US_ASCII))) {
                expected = (X509Certificate)
                        CertificateFactory.getInstance("X.509").generateCertificate(pem);
            }
            await().ignoreExceptions()
                    .until(() -> shown(connect("www.example.com", "TLSv1.3"))
                            .getSerialNumber()
                            .equals(expected.getSerialNumber()));
        }
    }

    @Test
    void h31OnAConnectionForAnotherApp() throws Exception {
        TestApp one = rig.app(rig.dyno());
        TestApp other = rig.app(rig.dyno());
        Raw client = new Raw(connect(one.host(), "TLSv1.3")).say(other.get("/", ""));
        assertThat(client.head()).startsWith("HTTP/1.1 421 Misdirected Request");
        assertThat(other.line()).startsWith("at=error code=H31 desc=\"Misdirected Request\"");
    }

    @Test
    void aClientThatBreaksOffItsHandshakeHurtsNobody() throws Exception {
        try (Raw client = Raw.connect(rig.router().tlsPort())) {
            client.say("this is no TLS\r\n\r\n");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void plainRequestsAreSentToHttpsWhenTheOperatorWants() throws Exception {
        try (RouterRig strict =
                new RouterRig(directory.resolve("strict"), Map.of("CELADON_ROUTER_REDIRECT_PORT", "443"))) {
            TestApp app = strict.app(strict.dyno());
            assertThat(strict.client().say(app.get("/a?b", "")).rest())
                    .startsWith("HTTP/1.1 301 Moved Permanently")
                    .contains("Location: https://" + app.host() + "/a?b\r\n");
        }
    }
}
