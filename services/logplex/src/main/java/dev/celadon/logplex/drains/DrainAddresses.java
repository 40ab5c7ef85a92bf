package dev.celadon.logplex.drains;

import dev.celadon.logplex.domain.DrainTarget;
import dev.celadon.runtime.Networks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Looks up where drains lead, on threads of its own: a name server that is slow holds up drains only. */
final class DrainAddresses {
    private static final int THREADS = 4;

    private final WorkerExecutor worker;
    private final Networks blocked;

    DrainAddresses(Vertx vertx, Networks blocked) {
        this.worker = vertx.createSharedWorkerExecutor("drain-names", THREADS);
        this.blocked = blocked;
    }

    /** An address that keeps its name, which the certificate is held against. */
    Future<SocketAddress> resolve(DrainTarget target) {
        return worker.executeBlocking(
                () -> {
                    InetAddress found = blocked.resolveOutside(target.host());
                    InetAddress named = InetAddress.getByAddress(target.host(), found.getAddress());
                    return SocketAddress.inetSocketAddress(new InetSocketAddress(named, target.port()));
                },
                false);
    }

    static boolean isName(String host) {
        return host.indexOf(':') < 0 && !host.matches("[0-9.]+");
    }

    Future<Void> close() {
        return worker.close();
    }
}
