package dev.celadon.runtime;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.metrics.MetricsOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Joins this process to the others: Vert.x over Hazelcast, a cluster of one when nobody is named. */
public final class Cluster {
    private Cluster() {}

    /**
     * @param name of the cluster; processes with another name never join
     * @param host the private address the bus binds to
     * @param join {@code host[:port]} of members; empty for a cluster of one
     * @param blockedAfter an event loop that is busy for longer is reported
     */
    public record Settings(String name, String host, int port, List<String> join, Duration blockedAfter) {
        public static Settings from(Environment environment, String instance) {
            return new Settings(
                    environment.string(
                            "CELADON_CLUSTER_NAME", "celadon-" + instance, "processes of one name form one cluster"),
                    environment.string(
                            "CELADON_INTERNAL_HOST", "127.0.0.1", "private address for the bus and internal HTTP"),
                    environment.port("CELADON_CLUSTER_PORT", 0, "port of the cluster's membership protocol"),
                    environment.list("CELADON_JOIN", "", "addresses of members to join, host or host:port"),
                    environment.duration(
                            "CELADON_BLOCKED_AFTER", "500ms", "an event loop busy for longer is reported in the log"));
        }
    }

    public static Future<Vertx> join(Settings settings, PrometheusMeterRegistry meters) {
        MetricsOptions metrics = new MicrometerMetricsOptions()
                .setDisabledMetricsCategories(
                        EnumSet.complementOf(EnumSet.of(MetricsDomain.EVENT_BUS, MetricsDomain.NAMED_POOLS)).stream()
                                .map(MetricsDomain::toCategory)
                                .collect(java.util.stream.Collectors.toSet()))
                .setLabels(EnumSet.of(Label.POOL_NAME))
                .setEnabled(true);
        VertxOptions options = new VertxOptions()
                .setPreferNativeTransport(true)
                // It would keep a directory under /tmp for files of the class path, of which none is served.
                .setFileSystemOptions(new FileSystemOptions().setClassPathResolvingEnabled(false))
                .setMaxEventLoopExecuteTime(settings.blockedAfter().toMillis())
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                .setMetricsOptions(metrics)
                .setEventBusOptions(new EventBusOptions()
                        .setHost(settings.host())
                        .setClusterPingInterval(5_000)
                        .setClusterPingReplyInterval(5_000));
        return Vertx.builder()
                .with(options)
                .withMetrics(new MicrometerMetricsFactory(meters))
                .withClusterManager(new HazelcastClusterManager(hazelcast(settings)))
                .buildClustered();
    }

    private static Config hazelcast(Settings settings) {
        Config config = ConfigUtil.loadConfig();
        config.setClusterName(settings.name());
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
        config.setProperty("hazelcast.max.no.heartbeat.seconds", "10");
        config.setProperty("hazelcast.merge.first.run.delay.seconds", "15");
        config.setProperty("hazelcast.merge.next.run.delay.seconds", "10");
        // One cluster name per platform keeps two of them on one host apart; their ports move by themselves.
        config.getNetworkConfig().setPort(settings.port() == 0 ? 5701 : settings.port());
        config.getNetworkConfig().setPortAutoIncrement(settings.port() == 0);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(settings.host());
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(!settings.join().isEmpty()).setMembers(settings.join());
        return config;
    }
}
