package dev.celadon.manifold.scheduler;

import dev.celadon.contract.Command;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.DynoSuspect;
import dev.celadon.contract.ProbeDyno;
import dev.celadon.contract.Probed;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dynos that routers could not connect to. The node tries itself, several times; one that never accepts is withdrawn at
 * once and restarted, while the others, or waiting, take its requests.
 */
final class Suspects {
    private static final Logger log = LoggerFactory.getLogger(Suspects.class);
    private static final int MOST_AT_ONCE = 1_000;

    private final Platform platform;
    private final Stores stores;
    private final int probes;
    private final Duration pause;
    private final Set<UUID> underProbe = new HashSet<>();

    Suspects(Platform platform, Stores stores, int probes, Duration pause) {
        this.platform = platform;
        this.stores = stores;
        this.probes = probes;
        this.pause = pause;
    }

    /** Whether it was restarted. Past the bound a report is dropped: routers repeat themselves. */
    Future<Boolean> look(DynoSuspect report) {
        if (underProbe.size() >= MOST_AT_ONCE || !underProbe.add(report.dynoId())) {
            return Future.succeededFuture(false);
        }
        return stores.dynos()
                .find(report.dynoId())
                .compose(found -> {
                    Optional<Dyno> dyno = found.filter(one -> one.isServing() && one.state() == DynoState.UP);
                    return dyno.isPresent() ? judge(dyno.get(), report.reason()) : Future.succeededFuture(false);
                })
                .onComplete(done -> underProbe.remove(report.dynoId()));
    }

    private Future<Boolean> judge(Dyno dyno, String reason) {
        return accepts(dyno, probes)
                .compose(isAccepting -> isAccepting ? Future.succeededFuture(false) : restart(dyno, reason));
    }

    /** True with the first connection accepted. A node that does not answer says nothing about its dyno. */
    private Future<Boolean> accepts(Dyno dyno, int left) {
        return platform.bus()
                .request(Command.PROBE_DYNO, dyno.nodeId(), new ProbeDyno(dyno.id()))
                .map(Probed::isAccepting)
                .recover(unanswered -> Future.succeededFuture(true))
                .compose(isAccepting ->
                        isAccepting || left <= 1 ? Future.succeededFuture(isAccepting) : after(pause, dyno, left - 1));
    }

    private Future<Boolean> after(Duration wait, Dyno dyno, int left) {
        Promise<Void> waited = Promise.promise();
        platform.vertx().setTimer(Math.max(1, wait.toMillis()), tick -> waited.complete());
        return waited.future().compose(over -> accepts(dyno, left));
    }

    private Future<Boolean> restart(Dyno dyno, String reason) {
        log.atWarn()
                .addKeyValue("dyno", dyno.name())
                .addKeyValue("app", dyno.appId())
                .addKeyValue("reason", reason)
                .log("dyno-unresponsive");
        platform.appLog().platform(dyno.appId(), dyno.name(), "Process does not accept connections (" + reason + ")");
        platform.appLog().platform(dyno.appId(), dyno.name(), "Restarting");
        return stores.dynos().retire(List.of(dyno.id())).map(retired -> retired > 0);
    }
}
