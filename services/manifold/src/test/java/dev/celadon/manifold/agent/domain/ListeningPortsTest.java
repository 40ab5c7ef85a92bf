package dev.celadon.manifold.agent.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ListeningPortsTest {
    @Test
    void whatIsReachableFromOutsideAndWaitsIsFound() {
        Stream<String> lines = Stream.of(
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
                "   0: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000",
                "   1: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000",
                "   2: 0100007F:1389 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000",
                "   3: 00000000000000000000000001000000:138A 00000000000000000000000000000000:0000 0A 00000000",
                "   4: 0B004D0A:C350 0101A8C0:1538 01 00000000:00000000 00:00000000 00000000  1000");
        assertThat(ListeningPorts.of(lines)).containsExactly(3_000, 8_080);
    }
}
