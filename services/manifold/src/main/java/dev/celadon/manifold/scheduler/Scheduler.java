package dev.celadon.manifold.scheduler;

import dev.celadon.contract.Accepted;
import dev.celadon.contract.Command;
import dev.celadon.contract.DynoSuspect;
import dev.celadon.contract.RestartDynos;
import dev.celadon.contract.Topic;
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.manifold.PolicySettings;
import dev.celadon.manifold.oneoffs.OneOffScheduling;
import dev.celadon.manifold.scheduler.domain.CrashPolicy;
import dev.celadon.manifold.scheduler.domain.Cycling;
import dev.celadon.manifold.scheduler.domain.Drain;
import dev.celadon.manifold.scheduler.domain.Idling;
import dev.celadon.manifold.scheduler.domain.SoonCrash;
import dev.celadon.manifold.scheduler.store.DynoStore;
import dev.celadon.manifold.scheduler.store.LeaseStore;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one leader that turns wanted into actual: a pass looks at everything, step by step brings it nearer to what is
 * wanted, and publishes the routing table. Passes follow hints and a timer; one at a time, and what happens during one
 * is seen by the next.
 */
public final class Scheduler extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(Scheduler.class);
    private static final long SWEEP_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final Platform platform;
    private final ManifoldSettings settings;
    private final UUID incarnation = UUID.randomUUID();
    private final LeaseStore leases;
    private final Stores stores;
    private final LostNodes lostNodes;
    private final Crashed crashed;
    private final Rest rest;
    private final Starts starts;
    private final Plans plans;
    private final Stops stops;
    private final Publication publication;
    private final Suspects suspects;
    private final OneOffScheduling oneOffs;
    private Optional<Long> epoch = Optional.empty();
    private long cooldownTimer = -1;
    private boolean isPassing;
    private boolean isHinted;
    private boolean isStopped;

    public Scheduler(Platform platform, ManifoldSettings settings) {
        this.platform = platform;
        this.settings = settings;
        this.leases = new LeaseStore(platform.database());
        this.stores = Stores.of(platform.database());
        this.lostNodes = new LostNodes(platform, stores, settings.nodeLoss());
        PolicySettings policy = settings.policy();
        this.crashed = new Crashed(stores, new CrashPolicy(policy.cooldown(), policy.isBackoffExponential()));
        this.rest = new Rest(
                platform, stores, new Idling(policy.idleAfter()), new Cycling(policy.cycle(), policy.cycleJitter()));
        this.starts = new Starts(platform, stores);
        this.plans = new Plans(platform, stores, crashed, new SoonCrash(policy.rollbackWindow()), starts);
        this.stops = new Stops(platform, new Drain(settings.acknowledge(), policy.drain()), settings.grace());
        this.publication = new Publication(platform, stores);
        this.oneOffs = new OneOffScheduling(platform, settings, stores.dynos());
        this.suspects = new Suspects(platform, stores, policy.suspectProbes(), policy.suspectPause());
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(settings.look().toMillis(), tick -> hint());
        vertx.setPeriodic(Math.max(1, settings.lease().toMillis() / 4), tick -> renew());
        vertx.setPeriodic(SWEEP_MILLIS, tick -> sweep());
        return Future.all(List.of(
                        platform.bus().subscribe(Topic.RELEASE_CREATED, event -> hint()),
                        platform.bus().subscribe(Topic.FORMATION_CHANGED, event -> hint()),
                        platform.bus().subscribe(Topic.APP_CHANGED, event -> hint()),
                        platform.bus().subscribe(Topic.ONE_OFF_CHANGED, event -> hint()),
                        platform.bus().subscribe(Topic.DYNO_CHANGED, event -> hint()),
                        platform.bus().subscribe(Topic.ROUTES_APPLIED, event -> hint()),
                        platform.bus().subscribe(Topic.APP_WAKE, wake -> wake(wake.appId())),
                        platform.bus().subscribe(Topic.DYNO_SUSPECT, this::suspect),
                        platform.bus().serve(Command.RESTART_DYNOS, "", this::restart)))
                .onSuccess(ready -> hint());
    }

    @Override
    public Future<?> stop() {
        isStopped = true;
        vertx.cancelTimer(cooldownTimer);
        // What cannot be given back runs out by itself.
        return leases.release(DynoStore.SCHEDULER, incarnation).otherwiseEmpty();
    }

    private Future<Accepted> restart(RestartDynos wish) {
        return stores.dynos()
                .restart(wish)
                .onSuccess(names -> {
                    names.forEach(name -> platform.appLog().platform(wish.appId(), name, "Restarting"));
                    hint();
                })
                .map(done -> new Accepted());
    }

    private void wake(UUID app) {
        if (epoch.isPresent()) {
            rest.wake(app).onComplete(asked -> {
                if (asked.failed()) {
                    tell("wake-failed", asked.cause());
                } else if (asked.result()) {
                    hint();
                }
            });
        }
    }

    private void suspect(DynoSuspect report) {
        if (epoch.isPresent()) {
            suspects.look(report).onComplete(judged -> {
                if (judged.failed()) {
                    tell("suspect-not-judged", judged.cause());
                } else if (judged.result()) {
                    hint();
                }
            });
        }
    }

    private void hint() {
        isHinted = true;
        if (!isPassing && !isStopped) {
            isPassing = true;
            isHinted = false;
            lead().compose(leading -> leading.isPresent() ? pass(leading.get()) : Future.succeededFuture())
                    .onFailure(cause -> tell("pass-failed", cause))
                    .onComplete(done -> {
                        isPassing = false;
                        if (isHinted) {
                            hint();
                        }
                    });
        }
    }

    private Future<Optional<Long>> lead() {
        return leases.acquire(DynoStore.SCHEDULER, platform.nodeId(), incarnation, settings.lease())
                .onSuccess(now -> {
                    if (!now.equals(epoch)) {
                        log.atInfo().addKeyValue("epoch", now.orElse(0L)).log("leader-changed");
                        lostNodes.reset();
                    }
                    epoch = now;
                });
    }

    /** A pass may take longer than the lease lasts. */
    private void renew() {
        if (isPassing && epoch.isPresent() && !isStopped) {
            lead().onFailure(cause -> tell("lease-not-renewed", cause));
        }
    }

    private Future<?> pass(long leading) {
        return rest.wakeAwaited()
                .compose(woken -> View.look(stores, leading, settings.nodeLoss()))
                .compose(lostNodes::giveUp)
                .compose(crashed::count)
                .compose(rest::look)
                .compose(view -> oneOffs.pass(leading, starts.begin(view)).map(view))
                .compose(view -> plans.converge(view)
                        .compose(isAnything -> isAnything
                                ? View.look(stores, leading, settings.nodeLoss())
                                : Future.succeededFuture(view)))
                .compose(publication::publish)
                .compose(stops::stopRetired)
                .onSuccess(this::lookAgainAfterCooldown);
    }

    /** The start after a cool-down is due at its moment, not at the look after it. */
    private void lookAgainAfterCooldown(View view) {
        Instant now = platform.clock().instant();
        vertx.cancelTimer(cooldownTimer);
        crashed.untilNextStart(view, now)
                .ifPresent(wait -> cooldownTimer = vertx.setTimer(wait.toMillis() + 1, tick -> hint()));
    }

    private void sweep() {
        if (epoch.isPresent()) {
            stores.routes()
                    .forgetDeleted()
                    .compose(done -> stores.crashes().forgetPast())
                    .compose(done -> stores.nodes().forgetGone())
                    .compose(done -> stores.routers().forgetGone())
                    .compose(done -> stores.dynos().forgetRestarts())
                    .onFailure(cause -> tell("sweep-failed", cause));
        }
    }

    private static void tell(String event, Throwable cause) {
        log.atWarn().addKeyValue("reason", cause.getMessage()).log(event);
    }
}
