package dev.celadon.runtime;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * PostgreSQL on this machine for a platform without a {@code DATABASE_URL}: data in the platform's directory, loopback
 * only, password needed, every commit on disk before it is acknowledged. A server that a killed platform left running
 * is taken over. Blocks: started and stopped outside event loops.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final String LOOPBACK_WITH_PASSWORD = """
            local all all trust
            host all all 127.0.0.1/32 scram-sha-256
            """;

    private final io.zonky.test.db.postgres.embedded.EmbeddedPostgres server;
    private final String password;

    private EmbeddedPostgres(io.zonky.test.db.postgres.embedded.EmbeddedPostgres server, String password) {
        this.server = server;
        this.password = password;
    }

    /** @param directory for the binaries, the data and the password */
    public static EmbeddedPostgres start(Path directory) throws IOException, SQLException {
        Files.createDirectories(directory);
        Path data = directory.resolve("data");
        Path passwordFile = directory.resolve("password");
        boolean isSecured = Files.exists(passwordFile);
        String password = isSecured ? Files.readString(passwordFile) : newPassword();
        var builder = io.zonky.test.db.postgres.embedded.EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(directory.resolve("binaries").toFile())
                .setPort(runningPort(data).orElseGet(EmbeddedPostgres::freePort))
                .setPGStartupWait(Duration.ofSeconds(60))
                // zonky starts the server for tests, without either; here an acknowledged commit survives a crash.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("shared_buffers", "32MB")
                .setServerConfig("max_connections", "60")
                // Its own hook would take it away while the services still say goodbye.
                .setRegisterShutdownHook(false);
        if (isSecured) {
            builder.setConnectConfig("password", password);
        }
        var server = builder.start();
        if (!isSecured) {
            secure(server, data, password);
            SecretKeys.writeOwnerOnly(passwordFile, password);
        }
        return new EmbeddedPostgres(server, password);
    }

    public String url() {
        return "postgres://postgres:" + password + "@127.0.0.1:" + server.getPort() + "/postgres";
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private static void secure(io.zonky.test.db.postgres.embedded.EmbeddedPostgres server, Path data, String password)
            throws IOException, SQLException {
        try (var connection = server.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("alter role postgres password '" + password + "'");
            Files.writeString(data.resolve("pg_hba.conf"), LOOPBACK_WITH_PASSWORD);
            statement.execute("select pg_reload_conf()");
        }
    }

    /** Of a server that is still running on the data directory: its port is the fourth line of postmaster.pid. */
    private static Optional<Integer> runningPort(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        boolean isAlive = lines.size() > 3
                && ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                        .flatMap(process -> process.info().command())
                        .filter(command -> command.endsWith("postgres"))
                        .isPresent();
        return isAlive ? Optional.of(Integer.parseInt(lines.get(3).strip())) : Optional.empty();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new IllegalStateException("no free TCP port", none);
        }
    }

    private static String newPassword() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
