package dev.celadon.router.proxy;

import dev.celadon.router.domain.Dyno;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The idle connections of one event loop to dynos, the one used last on top. */
final class DynoPool {
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A request that must not be sent twice takes only a connection that worked a moment ago. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Loop loop;
    private final Connector connector;
    private final IdentityHashMap<Dyno, ArrayDeque<DynoConnection>> idle = new IdentityHashMap<>();
    private long sweptNanos;

    DynoPool(Loop loop, Connector connector) {
        this.loop = loop;
        this.connector = connector;
    }

    /** @param isRepeatable sends the request again, should the dyno have closed the connection meanwhile */
    @Nullable
    DynoConnection take(Dyno dyno, boolean isRepeatable) {
        ArrayDeque<DynoConnection> connections = idle.get(dyno);
        DynoConnection last = connections == null ? null : connections.peekFirst();
        if (connections == null || last == null) {
            return null;
        }
        long now = loop.nowNanos();
        if (!last.isUsable(now) || (!isRepeatable && last.idleNanos(now) > FRESH_NANOS)) {
            return null;
        }
        connections.removeFirst();
        return last;
    }

    DynoConnection open(Dyno dyno, DynoSearch asking) {
        DynoConnection connection = new DynoConnection(loop, dyno);
        connection.connect(connector, asking);
        return connection;
    }

    void put(DynoConnection connection) {
        if (connection.dyno().isWithdrawn() || loop.isDraining()) {
            connection.close();
        } else {
            idle.computeIfAbsent(connection.dyno(), dyno -> new ArrayDeque<>()).addFirst(connection);
        }
    }

    /** It closed while it lay here. */
    void forget(DynoConnection connection) {
        ArrayDeque<DynoConnection> connections = idle.get(connection.dyno());
        if (connections != null) {
            connections.remove(connection);
        }
    }

    /** Once a second: closes what lay idle for too long, and what leads to withdrawn dynos. */
    void sweep(long nowNanos) {
        if (nowNanos - sweptNanos < SWEEP_NANOS) {
            return;
        }
        sweptNanos = nowNanos;
        for (Iterator<Map.Entry<Dyno, ArrayDeque<DynoConnection>>> pools =
                        idle.entrySet().iterator();
                pools.hasNext(); ) {
            Map.Entry<Dyno, ArrayDeque<DynoConnection>> pool = pools.next();
            ArrayDeque<DynoConnection> connections = pool.getValue();
            boolean isWithdrawn = pool.getKey().isWithdrawn();
            for (DynoConnection oldest = connections.peekLast();
                    oldest != null && (isWithdrawn || !oldest.isUsable(nowNanos));
                    oldest = connections.peekLast()) {
                connections.removeLast();
                oldest.close();
            }
            if (connections.isEmpty()) {
                pools.remove();
            }
        }
    }

    void close() {
        idle.values().forEach(connections -> connections.forEach(DynoConnection::close));
        idle.clear();
    }
}
