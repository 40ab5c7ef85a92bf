package dev.celadon.compiler.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.celadon.runtime.Networks;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceUrlTest {
    @Test
    void httpAndHttpsAreRead() {
        assertThat(SourceUrl.parse("https://h.example/a%20b.tgz?x=%2F&y"))
                .isEqualTo(new SourceUrl(true, "h.example", 443, "/a%20b.tgz?x=%2F&y"));
        assertThat(SourceUrl.parse("http://127.0.0.1:81")).isEqualTo(new SourceUrl(false, "127.0.0.1", 81, "/"));
    }

    @Test
    void aRedirectMayBeRelative() {
        SourceUrl url = SourceUrl.parse("http://h.example:81/a/b?q");
        assertThat(url.resolve("c?r").pathAndQuery()).isEqualTo("/a/c?r");
        assertThat(url.resolve("/c")).isEqualTo(new SourceUrl(false, "h.example", 81, "/c"));
        assertThat(url.resolve("https://i.example/d")).isEqualTo(new SourceUrl(true, "i.example", 443, "/d"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "h.example/a", "file:///etc/passwd", "ftp://h/a", "http:///a", "http://h/ a", "gopher://h"})
    void othersAreRefused(String text) {
        assertThatThrownBy(() -> SourceUrl.parse(text)).isInstanceOf(BuildRejected.class);
    }

    @Test
    void networksContainTheirAddressesAndNoOthers() throws Exception {
        Networks networks = Networks.parse("169.254.0.0/16, 10.0.0.128/25,fe80::/10,192.0.2.7/32");
        for (String in :
                new String[] {"169.254.169.254", "10.0.0.255", "fe80::1", "febf::1", "192.0.2.7", "::ffff:169.254.1.1"
                }) {
            assertThat(networks.contain(InetAddress.getByName(in).getAddress()))
                    .as(in)
                    .isTrue();
        }
        for (String out : new String[] {"169.253.255.255", "10.0.0.127", "fec0::1", "192.0.2.8", "::1"}) {
            assertThat(networks.contain(InetAddress.getByName(out).getAddress()))
                    .as(out)
                    .isFalse();
        }
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = -1;
        mapped[12] = (byte) 169;
        mapped[13] = (byte) 254;
        assertThat(networks.contain(mapped)).isTrue();
        assertThat(Networks.parse("").contain(new byte[4])).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0", "10.0.0.0/33", "example.org/8", "fe80::/129", "/8", "1.2.3.4.5/8"})
    void whatIsNoNetworkIsRefused(String text) {
        assertThatThrownBy(() -> Networks.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: networks such as");
    }
}
