package dev.celadon.manifold.scheduler;

import dev.celadon.contract.DynoState;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.manifold.scheduler.domain.NodeWatch;
import dev.celadon.manifold.scheduler.store.NodeStore;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up the dynos of nodes that are not heard of any more, so that they start elsewhere. A node that comes back is
 * told with its first heartbeat that nobody knows its copies, and stops them.
 */
final class LostNodes {
    private static final Logger log = LoggerFactory.getLogger(LostNodes.class);

    private final Platform platform;
    private final Stores stores;
    private final NodeWatch watch;

    LostNodes(Platform platform, Stores stores, Duration loss) {
        this.platform = platform;
        this.stores = stores;
        this.watch = new NodeWatch(loss);
    }

    Future<View> giveUp(View view) {
        Map<String, Instant> words = view.nodes().stream()
                .collect(Collectors.toMap(seen -> seen.node().id(), NodeStore.Seen::word));
        Set<String> lost = watch.lost(words, platform.clock().instant());
        if (lost.isEmpty()) {
            return Future.succeededFuture(view);
        }
        List<Dyno> dynos =
                view.all().filter(dyno -> lost.contains(dyno.nodeId())).toList();
        if (dynos.isEmpty()) {
            return Future.succeededFuture(view.without(lost));
        }
        log.atWarn()
                .addKeyValue("nodes", lost)
                .addKeyValue("dynos", dynos.size())
                .log("nodes-lost");
        return stores.dynos()
                .delete(dynos.stream().map(Dyno::id).toList())
                .onSuccess(gone -> dynos.stream()
                        .filter(dyno -> dyno.state() != DynoState.CRASHED)
                        .forEach(this::tell))
                .map(view.without(lost));
    }

    void reset() {
        watch.reset();
    }

    private void tell(Dyno dyno) {
        platform.appLog().platform(dyno.appId(), dyno.name(), "The dyno's host does not answer; it starts elsewhere");
        platform.appLog()
                .platform(
                        dyno.appId(),
                        dyno.name(),
                        "State changed from " + dyno.state().word() + " to down");
    }
}
