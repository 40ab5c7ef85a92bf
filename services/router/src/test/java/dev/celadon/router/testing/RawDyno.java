package dev.celadon.router.testing;

import dev.celadon.contract.Route.Backend;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A web dyno of raw sockets: the test accepts its connections, or a script answers each in a thread of its own. */
public final class RawDyno implements Closeable {
    private final ServerSocket server;
    private final Backend backend;
    private final List<Raw> accepted = new CopyOnWriteArrayList<>();

    public RawDyno(String name) {
        this(name, 100);
    }

    private RawDyno(String name, int backlog) {
        try {
            server = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
            server.setSoTimeout(5_000);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        backend = new Backend(UUID.randomUUID(), name, "127.0.0.1", server.getLocalPort());
    }

    /** Its queue of connections is full, so the kernel drops every further one. */
    public static RawDyno deaf() {
        RawDyno dyno = new RawDyno("web.deaf", 1);
        for (int i = 0; i < 2; i++) {
            dyno.accepted.add(Raw.connect(dyno.server.getLocalPort()));
        }
        return dyno;
    }

    /** Answers every connection with the script until the dyno closes. */
    public RawDyno serving(Consumer<Raw> script) {
        Thread acceptor = new Thread(() -> {
            while (!server.isClosed()) {
                Raw connection = acceptOrNull();
                if (connection != null) {
                    Thread worker = new Thread(() -> run(script, connection));
                    worker.setDaemon(true);
                    worker.start();
                }
            }
        });
        acceptor.setDaemon(true);
        acceptor.start();
        return this;
    }

    private static void run(Consumer<Raw> script, Raw connection) {
        try {
            script.accept(connection);
        } catch (AssertionError | UncheckedIOException ended) {
            connection.close();
        }
    }

    private @Nullable Raw acceptOrNull() {
        try {
            Raw connection = new Raw(server.accept());
            accepted.add(connection);
            return connection;
        } catch (SocketTimeoutException nobody) {
            return null;
        } catch (IOException closed) {
            return null;
        }
    }

    public Raw accept() {
        Raw connection = acceptOrNull();
        if (connection == null) {
            throw new AssertionError("nobody connected to " + backend.name());
        }
        return connection;
    }

    public int connections() {
        return accepted.size();
    }

    public Backend backend() {
        return backend;
    }

    @Override
    public void close() {
        try {
            server.close();
            new ArrayList<>(accepted).forEach(Raw::close);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
