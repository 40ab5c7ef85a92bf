package dev.celadon.manifold.oneoffs;

import dev.celadon.contract.Accepted;
import dev.celadon.contract.Command;
import dev.celadon.contract.DynoChanged;
import dev.celadon.contract.DynoError;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.StartOneOff;
import dev.celadon.contract.StopDyno;
import dev.celadon.contract.Topic;
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.manifold.oneoffs.domain.OneOff;
import dev.celadon.manifold.oneoffs.domain.OneOffPlan;
import dev.celadon.manifold.oneoffs.domain.Wish;
import dev.celadon.manifold.scheduler.store.DynoStore;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The leader's part for one-off dynos: places and orders what is wished, stops what is not, gives up what is lost. */
public final class OneOffScheduling {
    private static final Logger log = LoggerFactory.getLogger(OneOffScheduling.class);

    private final Platform platform;
    private final ManifoldSettings settings;
    private final OneOffStore store;
    private final DynoStore dynos;
    private @Nullable Instant leadingSince;

    public OneOffScheduling(Platform platform, ManifoldSettings settings, DynoStore dynos) {
        this.platform = platform;
        this.settings = settings;
        this.store = new OneOffStore(platform.database());
        this.dynos = dynos;
    }

    /** Where the leader puts dynos. */
    @FunctionalInterface
    public interface Places {
        /** The node; empty when none has room now. */
        Optional<String> choose(UUID appId, String processType, int memoryMb);
    }

    /** Part of the leader's pass. */
    public Future<Void> pass(long epoch, Places places) {
        Instant now = platform.clock().instant();
        Instant since = leadingSince == null ? now : leadingSince;
        leadingSince = since;
        // Nodes that have just begun had no time to say that they live.
        boolean maySilenceCount = since.plus(settings.nodeLoss()).isBefore(now);
        Future<List<Wish>> wishes = store.wishes();
        Future<List<OneOff>> running = store.running();
        Future<Set<String>> silent =
                maySilenceCount ? store.silentNodes(settings.nodeLoss()) : Future.succeededFuture(Set.of());
        return Future.all(wishes, running, silent)
                .compose(read -> store.known(wishes.result()))
                .map(known -> OneOffPlan.of(wishes.result(), known, running.result(), silent.result()))
                .compose(plan -> carryOut(plan, epoch, places))
                .compose(done -> store.forgetRecorded())
                .mapEmpty();
    }

    private Future<Void> carryOut(OneOffPlan plan, long epoch, Places places) {
        List<Future<?>> all = new ArrayList<>();
        plan.starts().forEach(wish -> all.add(start(wish, epoch, places)));
        plan.neverStarted().forEach(wish -> all.add(endUnstarted(wish, null)));
        plan.stops().forEach(oneOff -> all.add(stop(oneOff, epoch)));
        plan.lost()
                .forEach(oneOff -> all.add(store.end(oneOff.id(), null, DynoError.R99.name())
                        .onSuccess(ended -> announce(oneOff.id(), oneOff.appId(), oneOff.name()))));
        return Future.join(all).transform(done -> {
            if (done.failed()) {
                log.atWarn().addKeyValue("reason", done.cause().getMessage()).log("one-off-pass-failed");
            }
            return Future.succeededFuture();
        });
    }

    private Future<Void> start(Wish wish, long epoch, Places places) {
        UUID inside = wish.inside();
        if (inside != null) {
            return store.nodeOf(inside)
                    .compose(node -> node.isPresent()
                            ? order(wish, node.get(), 0, epoch)
                            : endUnstarted(wish, DynoError.R99.name()));
        }
        String type = wish.name().substring(0, wish.name().lastIndexOf('.'));
        Optional<String> node = places.choose(wish.appId(), type, wish.memoryMb());
        if (node.isEmpty()) {
            log.atWarn()
                    .addKeyValue("app", wish.appName())
                    .addKeyValue("dyno", wish.name())
                    .log("no-capacity");
            return Future.succeededFuture();
        }
        return order(wish, node.get(), wish.memoryMb(), epoch);
    }

    /** The row comes first: whatever becomes of the order, it is not given again. */
    private Future<Void> order(Wish wish, String nodeId, int memoryMb, long epoch) {
        return dynos.hostUid(wish.appId())
                .map(uid -> new StartOneOff(
                        wish.id(),
                        epoch,
                        wish.appId(),
                        wish.appName(),
                        wish.name(),
                        wish.slugSha256(),
                        wish.command(),
                        wish.stack(),
                        uid,
                        wish.memoryMb(),
                        wish.isWithoutTty(),
                        wish.secretHash(),
                        wish.inside()))
                .compose(order -> store.place(wish, nodeId, memoryMb)
                        .compose(placed -> placed == 0 ? Future.succeededFuture(new Accepted()) : send(order, nodeId)))
                .mapEmpty();
    }

    private Future<Accepted> send(StartOneOff order, String nodeId) {
        return platform.bus().request(Command.START_ONE_OFF, nodeId, order).recover(cause -> {
            log.atWarn()
                    .addKeyValue("dyno", order.name())
                    .addKeyValue("reason", cause.getMessage())
                    .log("one-off-start-refused");
            // Unanswered is no refusal: what the node reports decides.
            return Bus.isRefusal(cause)
                    ? store.unplace(order.dynoId()).map(gone -> new Accepted())
                    : Future.succeededFuture(new Accepted());
        });
    }

    private Future<Void> endUnstarted(Wish wish, @Nullable String cause) {
        return store.place(wish, "", 0)
                .compose(placed -> store.end(wish.id(), null, cause))
                .onSuccess(ended -> announce(wish.id(), wish.appId(), wish.name()))
                .mapEmpty();
    }

    private Future<Void> stop(OneOff oneOff, long epoch) {
        StopDyno order = new StopDyno(oneOff.id(), epoch, (int) settings.grace().toSeconds());
        return platform.bus()
                .request(Command.STOP_ONE_OFF, oneOff.nodeId(), order)
                .mapEmpty();
    }

    private void announce(UUID id, UUID appId, String name) {
        platform.bus().publish(Topic.DYNO_CHANGED, new DynoChanged(id, appId, name, DynoState.DOWN));
    }
}
