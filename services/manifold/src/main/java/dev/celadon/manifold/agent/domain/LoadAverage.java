package dev.celadon.manifold.agent.domain;

import java.time.Duration;

/** How many threads ran or wanted to, on average over the last one, five and fifteen minutes, as a kernel counts load. */
public record LoadAverage(double one, double five, double fifteen) {
    public static final LoadAverage NONE = new LoadAverage(0, 0, 0);

    /** With {@code running} threads seen now, {@code since} the look before. */
    public LoadAverage and(int running, Duration since) {
        return new LoadAverage(
                blend(one, running, since, 60), blend(five, running, since, 300), blend(fifteen, running, since, 900));
    }

    private static double blend(double before, int running, Duration since, int seconds) {
        double kept = Math.exp(-since.toMillis() / (seconds * 1_000.0));
        return before * kept + running * (1 - kept);
    }
}
