package dev.celadon.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that ask an app without a pause over real sockets, and note every answer that is not a whole 200. */
final class Load implements AutoCloseable {
    private static final int CLIENTS = 6;
    private static final int TIMEOUT_MILLIS = 60_000;

    private final int port;
    private final String host;
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    /** Client 0 asks for {@code slowPath}, the others for {@code /}. */
    Load(RunningPlatform platform, String app, String slowPath) {
        String router = platform.variable("CELADON_ROUTER_URL");
        this.port =
                Integer.parseInt(router.substring(router.lastIndexOf(':') + 1).replace("/", ""));
        this.host = app + ".localhost";
        for (int client = 0; client < CLIENTS; client++) {
            String path = client == 0 ? slowPath : "/";
            clients.execute(() -> {
                while (!isOver.get()) {
                    ask(path);
                }
            });
        }
    }

    int answered() {
        return answered.get();
    }

    List<String> failures() {
        return failures;
    }

    /** Lets what is in flight end. */
    @Override
    public void close() throws InterruptedException {
        isOver.set(true);
        clients.shutdown();
        if (!clients.awaitTermination(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
            failures.add("a request did not end");
        }
    }

    private void ask(String path) {
        try {
            String answer = get(port, host, path);
            if (answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("\nend\n")) {
                answered.incrementAndGet();
            } else {
                failures.add(answer);
            }
        } catch (IOException broken) {
            failures.add(broken.toString());
        }
    }

    private static String get(int port, String host, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
