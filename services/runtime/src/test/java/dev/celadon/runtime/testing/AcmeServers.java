package dev.celadon.runtime.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.runtime.LocalCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** A real ACME server (pebble) on loopback, with a name server that sends every name to 127.0.0.1. */
public final class AcmeServers implements AutoCloseable {
    private final Process names;
    private final Process server;
    private final int port;
    private final Path roots;

    /** @param challengePort where it asks for the answers to its challenges, in place of 80 */
    public AcmeServers(Path directory, int challengePort) throws Exception {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/pebble")))
                .as("pebble is not installed: automatic certificates are not tested")
                .isTrue();
        LocalCa ca = LocalCa.load(directory, Clock.systemUTC());
        roots = ca.certificateFile();
        LocalCa.Leaf leaf = ca.issue(List.of("localhost"));
        Files.writeString(directory.resolve("pebble.pem"), leaf.certificatePem());
        Files.writeString(directory.resolve("pebble.key"), leaf.keyPem());
        port = freePort();
        int namesPort = freePort();
        Path config = directory.resolve("pebble.json");
        Files.writeString(config, """
                {"pebble":{"listenAddress":"127.0.0.1:%d","managementListenAddress":"127.0.0.1:%d",
                 "certificate":"%s/pebble.pem","privateKey":"%s/pebble.key","httpPort":%d,"tlsPort":1}}
                """.formatted(port, freePort(), directory, directory, challengePort));
        names = start(
                directory,
                "pebble-challtestsrv",
                "-defaultIPv6",
                "",
                "-dns01",
                "127.0.0.1:" + namesPort,
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                "",
                "-management",
                "127.0.0.1:" + freePort());
        server = start(
                directory, "pebble", "-config", config.toString(), "-dnsserver", "127.0.0.1:" + namesPort, "-strict");
        await().atMost(Duration.ofSeconds(20)).until(this::isListening);
    }

    public String directoryUrl() {
        return "https://localhost:" + port + "/dir";
    }

    public String roots() {
        return roots.toString();
    }

    @Override
    public void close() throws InterruptedException {
        server.destroyForcibly().waitFor();
        names.destroyForcibly().waitFor();
    }

    private boolean isListening() {
        assertThat(server.isAlive()).isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static Process start(Path directory, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(command[0] + ".log").toFile());
        // It waits up to 15 seconds before it asks, so that clients learn patience.
        builder.environment().put("PEBBLE_VA_NOSLEEP", "1");
        return builder.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }
}
