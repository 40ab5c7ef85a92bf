package dev.celadon.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.RoutesChanged;
import dev.celadon.contract.Topic;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterTest {
    @Test
    void aSingleMachineIsAClusterOfOne() throws Exception {
        Cluster.Settings settings = Cluster.Settings.from(new Environment(Map.of()), "test1");
        Vertx vertx = Cluster.join(settings, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
                .await(30, SECONDS);
        try {
            Bus bus = new Bus(vertx, true, Duration.ofSeconds(2));
            Promise<RoutesChanged> heard = Promise.promise();
            bus.subscribe(Topic.ROUTES_CHANGED, heard::tryComplete).await(5, SECONDS);
            bus.publish(Topic.ROUTES_CHANGED, new RoutesChanged(1));
            assertThat(heard.future().await(5, SECONDS).revision()).isEqualTo(1);
            assertThat(vertx.isClustered()).isTrue();
        } finally {
            vertx.close().await(10, SECONDS);
        }
    }
}
