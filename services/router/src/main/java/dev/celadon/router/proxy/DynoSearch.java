package dev.celadon.router.proxy;

import dev.celadon.contract.DynoSuspect;
import dev.celadon.contract.Route;
import dev.celadon.contract.RouterError;
import dev.celadon.router.domain.App;
import dev.celadon.router.domain.Dyno;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request's way to a dyno: chooses one and connects; tries another while nothing was sent; waits while an app boots,
 * its dynos are all quarantined or all full.
 */
final class DynoSearch {
    private static final int MOST_ATTEMPTS = 10;
    private static final long FIRST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MOST_DOUBLINGS = 5;

    private final Loop loop;
    private final Exchange exchange;
    private final long startNanos;
    private App app;
    private List<Dyno> tried = List.of();
    private RouterError lastRefusal = RouterError.H21;
    private RouterError patience = RouterError.H20;
    private @Nullable Dyno dyno;
    private @Nullable DynoConnection opening;
    private long connectNanos;
    private long connectMillis = -1;
    private boolean isWaiting;
    private boolean isQueued;
    private int looks;

    DynoSearch(Loop loop, Exchange exchange, App app, long startNanos) {
        this.loop = loop;
        this.exchange = exchange;
        this.app = app;
        this.startNanos = startNanos;
    }

    App app() {
        return app;
    }

    /** The one asked last. */
    @Nullable
    Dyno dyno() {
        return dyno;
    }

    /** Negative until a connection was tried. */
    long connectMillis() {
        return connectMillis;
    }

    void look() {
        stopWaiting();
        App now = loop.table.find(app.route().appId());
        RouterError refusal =
                now == null ? RouterError.H99 : refusal(now.route().state());
        if (now == null || refusal != null) {
            exchange.fail(refusal == null ? RouterError.H99 : refusal, "");
            return;
        }
        app = now;
        choose(System.nanoTime());
    }

    private static @Nullable RouterError refusal(Route.State state) {
        return switch (state) {
            case MAINTENANCE -> RouterError.H80;
            case BLANK -> RouterError.H81;
            case NO_WEB -> RouterError.H14;
            case CRASHED -> RouterError.H10;
            case GONE -> RouterError.H99;
            case SERVING, STARTING, IDLE -> null;
        };
    }

    private void choose(long nowNanos) {
        List<Dyno> dynos = app.dynos();
        Dyno chosen = loop.choice.checkOut(dynos, tried, nowNanos);
        if (chosen != null) {
            connect(chosen, nowNanos);
        } else if (!tried.isEmpty()) {
            exchange.fail(lastRefusal, "");
        } else if (dynos.isEmpty()) {
            if (app.route().state() == Route.State.IDLE) {
                loop.wakes.accept(app.route().appId());
            }
            await(RouterError.H20, nowNanos);
        } else if (dynos.stream().allMatch(each -> each.isQuarantined(nowNanos))) {
            await(RouterError.H99, nowNanos);
        } else if (app.traffic().queue(loop.policy.queuedPerDyno() * dynos.size())) {
            isQueued = true;
            await(RouterError.H11, nowNanos);
        } else {
            exchange.fail(RouterError.H11, "");
        }
    }

    private void await(RouterError atTheEnd, long nowNanos) {
        patience = atTheEnd;
        isWaiting = true;
        loop.waiting.add(app.route().appId(), exchange);
        long pause = FIRST_LOOK_NANOS << Math.min(looks++, MOST_DOUBLINGS);
        exchange.client.setDeadline(
                Math.min(nowNanos + pause, startNanos + loop.policy.boot().toNanos()));
    }

    private void stopWaiting() {
        if (isWaiting) {
            isWaiting = false;
            loop.waiting.remove(app.route().appId(), exchange);
        }
        if (isQueued) {
            isQueued = false;
            app.traffic().unqueue();
        }
    }

    private void connect(Dyno chosen, long nowNanos) {
        dyno = chosen;
        connectNanos = nowNanos;
        DynoConnection idle = loop.pool.take(chosen, exchange.isRepeatable());
        if (idle != null) {
            connectMillis = 0;
            exchange.reached(idle, nowNanos);
            return;
        }
        exchange.client.setDeadline(
                nowNanos + loop.policy.connectNanos(app.route().options()));
        opening = loop.pool.open(chosen, this);
    }

    /** The dyno closed a connection that lay idle before it saw the request: asks it again over a new one. */
    void connectAnew() {
        Dyno same = dyno;
        if (same != null) {
            connectNanos = System.nanoTime();
            exchange.client.setDeadline(
                    connectNanos + loop.policy.connectNanos(app.route().options()));
            opening = loop.pool.open(same, this);
        }
    }

    void connected(DynoConnection connection) {
        opening = null;
        long nowNanos = System.nanoTime();
        connectMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - connectNanos);
        exchange.reached(connection, nowNanos);
    }

    void connectFailed(boolean isRefused) {
        opening = null;
        Dyno failed = dyno;
        if (failed == null) {
            return;
        }
        long nowNanos = System.nanoTime();
        connectMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - connectNanos);
        lastRefusal = isRefused ? RouterError.H21 : RouterError.H19;
        failed.checkIn();
        failed.quarantine(nowNanos + loop.policy.quarantine().toNanos());
        loop.suspects.accept(
                new DynoSuspect(app.route().appId(), failed.backend().dynoId(), isRefused ? "refused" : "timeout"));
        tried = new ArrayList<>(tried);
        tried.add(failed);
        exchange.forgetDyno();
        if (tried.size() >= MOST_ATTEMPTS || isTooLate(nowNanos)) {
            exchange.fail(lastRefusal, "");
        } else {
            look();
        }
    }

    void timeUp(long nowNanos) {
        DynoConnection late = opening;
        if (late != null) {
            late.drop();
            connectFailed(false);
        } else if (isTooLate(nowNanos)) {
            exchange.fail(patience, "");
        } else {
            look();
        }
    }

    private boolean isTooLate(long nowNanos) {
        return nowNanos - startNanos >= loop.policy.boot().toNanos();
    }

    void stop() {
        stopWaiting();
        DynoConnection late = opening;
        if (late != null) {
            opening = null;
            late.drop();
        }
    }
}
