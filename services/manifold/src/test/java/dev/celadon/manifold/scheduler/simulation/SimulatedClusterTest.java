package dev.celadon.manifold.scheduler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SimulatedClusterTest {
    private static final int NODES = 200;
    private static final int APPS = 1_000;

    @Test
    void tenThousandDynosAreSpreadAndALostTwentiethIsReplaced() {
        SimulatedCluster cluster = new SimulatedCluster(1);
        cluster.addNodes(NODES, 4, 65_536);
        cluster.addApps(APPS, 10);
        cluster.converge();
        cluster.pass(Duration.ofSeconds(10));
        assertThat(cluster.replaceLost()).isZero();
        assertThat(cluster.upDynos()).isEqualTo(10_000);
        assertThat(cluster.violations()).isEmpty();
        assertThat(cluster.worstSpread()).containsExactly(1, 1);
        assertThat(cluster.loads().get(1) - cluster.loads().get(0)).isLessThanOrEqualTo(3 * 512);

        cluster.kill(NODES / 20);
        int lost = 0;
        for (int look = 0; look < 12; look++) {
            cluster.pass(Duration.ofSeconds(2));
            lost += cluster.replaceLost();
            assertThat(cluster.violations()).isEmpty();
        }
        cluster.pass(Duration.ofSeconds(10));
        assertThat(lost).isBetween(400, 600);
        assertThat(cluster.upDynos()).isEqualTo(10_000);
        assertThat(cluster.worstSpread().get(1)).isEqualTo(1);
    }

    @Test
    void whatHasNoRoomWaitsAndNothingIsOverfilled() {
        SimulatedCluster cluster = new SimulatedCluster(2);
        cluster.addNodes(20, 2, 2_048);
        cluster.addApps(10, 10);
        cluster.converge();
        assertThat(cluster.dynos()).isEqualTo(80);
        assertThat(cluster.withoutRoom()).isEqualTo(20);
        assertThat(cluster.violations()).isEmpty();
        assertThat(cluster.loads()).containsExactly(2_048, 2_048);
    }
}
