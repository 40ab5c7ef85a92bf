package dev.celadon.manifold.scheduler.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How long placement takes as a cluster grows: nodes, a hundred times as many dynos, then the loss of every twentieth
 * node. Prints a table; with a file's name as argument it draws one curve into it.
 */
public final class Simulation {
    private static final int[] SIZES = {100, 300, 1_000, 3_000, 10_000};
    private static final int DYNOS_PER_NODE = 100;
    private static final int DYNOS_PER_APP = 10;
    private static final int CAPACITY_MB = 65_536;
    private static final int ZONES = 5;

    private Simulation() {}

    private record Row(
            int nodes,
            int dynos,
            double placeSeconds,
            int lost,
            double replaceSeconds,
            List<Integer> spread,
            List<Integer> loads) {
        double microsPerDyno() {
            return placeSeconds * 1_000_000 / dynos;
        }
    }

    public static void main(String[] arguments) throws java.io.IOException {
        measure(300); // what the first run costs more is the compiler's
        List<Row> rows = new ArrayList<>();
        System.out.printf(
                "%8s %10s %9s %12s %8s %11s %13s %10s %15s%n",
                "nodes",
                "dynos",
                "placed s",
                "us per dyno",
                "lost",
                "replaced s",
                "zone spread",
                "on a node",
                "node load MB");
        for (int size : SIZES) {
            Row row = measure(size);
            rows.add(row);
            System.out.printf(
                    Locale.ROOT,
                    "%8d %10d %9.2f %12.2f %8d %11.2f %13d %10d %7d-%d%n",
                    row.nodes(),
                    row.dynos(),
                    row.placeSeconds(),
                    row.microsPerDyno(),
                    row.lost(),
                    row.replaceSeconds(),
                    row.spread().get(0),
                    row.spread().get(1),
                    row.loads().get(0),
                    row.loads().get(1));
        }
        if (arguments.length > 0) {
            java.nio.file.Files.writeString(java.nio.file.Path.of(arguments[0]), svg(rows));
        }
    }

    private static Row measure(int nodes) {
        SimulatedCluster cluster = new SimulatedCluster(nodes);
        cluster.addNodes(nodes, ZONES, CAPACITY_MB);
        cluster.addApps(nodes * DYNOS_PER_NODE / DYNOS_PER_APP, DYNOS_PER_APP);
        long begun = System.nanoTime();
        cluster.converge();
        double placed = seconds(begun);
        cluster.pass(Duration.ofSeconds(10));
        cluster.replaceLost();
        check(cluster, nodes * DYNOS_PER_NODE);
        cluster.kill(nodes / 20);
        double replaced = 0;
        int lost = 0;
        for (int look = 0; look < 12; look++) {
            cluster.pass(Duration.ofSeconds(2));
            long started = System.nanoTime();
            lost += cluster.replaceLost();
            replaced += seconds(started);
        }
        cluster.pass(Duration.ofSeconds(10));
        check(cluster, nodes * DYNOS_PER_NODE);
        return new Row(nodes, nodes * DYNOS_PER_NODE, placed, lost, replaced, cluster.worstSpread(), cluster.loads());
    }

    private static void check(SimulatedCluster cluster, int dynos) {
        if (cluster.upDynos() != dynos || !cluster.violations().isEmpty()) {
            throw new IllegalStateException(
                    cluster.upDynos() + " of " + dynos + " dynos are up; " + cluster.violations());
        }
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    /** Microseconds per dyno over the number of nodes, the latter by its logarithm. */
    private static String svg(List<Row> rows) {
        double most = rows.stream().mapToDouble(Row::microsPerDyno).max().orElse(1);
        StringBuilder points = new StringBuilder();
        StringBuilder labels = new StringBuilder();
        for (Row row : rows) {
            double x = 60 + (Math.log10(row.nodes()) - 2) / 2 * 500;
            double y = 260 - row.microsPerDyno() / most * 200;
            points.append(String.format(Locale.ROOT, "%.0f,%.0f ", x, y));
            labels.append(String.format(
                    Locale.ROOT,
                    "<text x='%.0f' y='285'>%d</text><text x='%.0f' y='%.0f'>%.1f</text>%n",
                    x - 12,
                    row.nodes(),
                    x - 10,
                    y - 8,
                    row.microsPerDyno()));
        }
        return """
                <svg xmlns='http://www.w3.org/2000/svg' width='620' height='310' font-family='sans-serif' font-size='12'>
                <text x='60' y='20'>Placement: microseconds per dyno over the number of nodes, 100 dynos each</text>
                <line x1='60' y1='260' x2='580' y2='260' stroke='black'/>
                <polyline fill='none' stroke='steelblue' stroke-width='2' points='%s'/>
                %s</svg>
                """.formatted(points.toString().strip(), labels);
    }
}
