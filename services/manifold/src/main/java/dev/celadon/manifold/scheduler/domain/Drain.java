package dev.celadon.manifold.scheduler.domain;

import dev.celadon.contract.DynoState;
import dev.celadon.contract.RouterReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * When a retired dyno may be told to stop: once every router routes by a table without it and has no request left with
 * it.
 *
 * @param silence how long a router that says nothing is waited for
 * @param longest how long requests are waited for
 */
public record Drain(Duration silence, Duration longest) {
    /**
     * @param routers those that live
     * @param reports what routers said last
     */
    public boolean isOver(Dyno dyno, Set<String> routers, Map<String, RouterReport> reports, Instant now) {
        Instant retiredAt = dyno.retiredAt();
        if (!dyno.isWeb() || dyno.state() != DynoState.UP || retiredAt == null) {
            return true;
        }
        Long withdrawn = dyno.retiredRevision();
        if (withdrawn == null) {
            return false;
        }
        if (!now.isBefore(retiredAt.plus(longest))) {
            return true;
        }
        boolean isSilenceOver = !now.isBefore(retiredAt.plus(silence));
        return routers.stream().allMatch(router -> {
            RouterReport report = reports.get(router);
            if (report == null || report.revision() < withdrawn) {
                return isSilenceOver;
            }
            return !report.draining().contains(dyno.id());
        });
    }
}
