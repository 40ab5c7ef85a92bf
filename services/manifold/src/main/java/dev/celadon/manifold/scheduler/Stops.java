package dev.celadon.manifold.scheduler;

import dev.celadon.contract.Command;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.StopDyno;
import dev.celadon.manifold.scheduler.domain.Drain;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.runtime.Members;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops retired dynos: a web dyno only when no router sends it requests any more and those it has are answered. */
final class Stops {
    private static final Logger log = LoggerFactory.getLogger(Stops.class);

    private final Platform platform;
    private final Drain drain;
    private final Duration grace;

    Stops(Platform platform, Drain drain, Duration grace) {
        this.platform = platform;
        this.drain = drain;
        this.grace = grace;
    }

    Future<View> stopRetired(View view) {
        Set<String> routers = platform.members().serving("router").stream()
                .map(Members.Member::id)
                .collect(Collectors.toSet());
        return Future.join(view.all()
                        .filter(dyno -> dyno.retiredAt() != null
                                && !dyno.state().isFinal()
                                && dyno.state() != DynoState.STOPPING
                                && drain.isOver(
                                        dyno,
                                        routers,
                                        view.routers(),
                                        platform.clock().instant()))
                        .map(dyno -> stop(view.epoch(), dyno))
                        .toList())
                .transform(done -> Future.succeededFuture(view));
    }

    private Future<?> stop(long epoch, Dyno dyno) {
        StopDyno command = new StopDyno(dyno.id(), epoch, (int) grace.toSeconds());
        return platform.bus()
                .request(Command.STOP_DYNO, dyno.nodeId(), command)
                .onFailure(cause -> log.atWarn()
                        .addKeyValue("dyno", dyno.name())
                        .addKeyValue("reason", cause.getMessage())
                        .log("stop-refused"));
    }
}
