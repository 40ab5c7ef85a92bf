package dev.celadon.router.domain;

import dev.celadon.contract.Route.Backend;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A web dyno as this router knows it: where it is, how loaded, whether it answers. Shared by all event loops. */
public final class Dyno {
    private static final long LATECOMERS_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Backend backend;
    private final InetSocketAddress address;
    private final Traffic traffic = new Traffic(() -> {});
    private volatile long quarantinedUntilNanos;
    private volatile boolean isQuarantined;
    private volatile boolean isWithdrawn;
    private volatile long withdrawnNanos;

    public Dyno(Backend backend) {
        this.backend = backend;
        this.address = new InetSocketAddress(backend.address(), backend.port());
    }

    public Backend backend() {
        return backend;
    }

    public InetSocketAddress address() {
        return address;
    }

    public Traffic traffic() {
        return traffic;
    }

    public int inFlight() {
        return traffic.inFlight();
    }

    void checkOut() {
        traffic.enter();
    }

    public void checkIn() {
        traffic.leave();
    }

    /** It refused or did not answer a connection: no event loop asks it for a while. */
    public void quarantine(long untilNanos) {
        quarantinedUntilNanos = untilNanos;
        isQuarantined = true;
    }

    public boolean isQuarantined(long nowNanos) {
        if (isQuarantined && nowNanos - quarantinedUntilNanos >= 0) {
            isQuarantined = false;
        }
        return isQuarantined;
    }

    void withdraw(long nowNanos) {
        withdrawnNanos = nowNanos;
        isWithdrawn = true;
    }

    /** Long enough ago that no request that still saw it in the table has yet to begin. */
    boolean isPast(long nowNanos) {
        return inFlight() == 0 && nowNanos - withdrawnNanos > LATECOMERS_NANOS;
    }

    /** No longer in the table: its idle connections have no use. */
    public boolean isWithdrawn() {
        return isWithdrawn;
    }
}
