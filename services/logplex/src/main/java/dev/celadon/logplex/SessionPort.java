package dev.celadon.logplex;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** The port log sessions are served on: a free one is kept over restarts, so that readers find their session again. */
final class SessionPort {
    private final Vertx vertx;
    private final Path file;

    SessionPort(Vertx vertx, Path file) {
        this.vertx = vertx;
        this.file = file;
    }

    /** @param listen takes the port to try, or 0, and completes with the one it got */
    Future<Integer> listen(int wanted, Function<Integer, Future<Integer>> listen) {
        if (wanted != 0) {
            return listen.apply(wanted);
        }
        return vertx.executeBlocking(this::read, false)
                .compose(listen)
                .recover(taken -> listen.apply(0))
                .compose(port -> vertx.executeBlocking(() -> write(port), false));
    }

    private int read() throws IOException {
        return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
    }

    private int write(int port) throws IOException {
        Files.writeString(file, port + "\n");
        return port;
    }
}
