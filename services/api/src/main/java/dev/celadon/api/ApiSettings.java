package dev.celadon.api;

import dev.celadon.api.domains.AcmeServer;
import dev.celadon.runtime.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * @param routerPort where apps answer, for their web_url
 * @param gitPort where git answers, for their git_url
 * @param look between looks for builds that want a release, and for what has ended, when no event said so
 */
public record ApiSettings(
        String bind,
        int port,
        int routerPort,
        int gitPort,
        String adminEmail,
        Optional<String> adminPassword,
        int bootSeconds,
        int maxHeaderBytes,
        long maxBodyBytes,
        Duration look,
        Limits limits,
        Webhooks webhooks,
        Optional<AcmeServer> acme,
        Duration certificateRetry,
        String rendezvousHost,
        int rendezvousPort) {
    /**
     * @param sourceBytes of one uploaded source tarball
     * @param jobTolerance how late a scheduler job's run still is on time
     */
    public record Limits(
            int requestsPerHour,
            int passwordsPerHour,
            int oneOffs,
            Duration releasePhase,
            long sourceBytes,
            int jobs,
            Duration jobTolerance) {}

    public record Webhooks(Duration timeout, Duration firstRetry, int mostAttempts) {}

    /** @param rendezvousPort where terminals meet their one-off dynos */
    public static ApiSettings from(Environment environment, int routerPort, int gitPort, int rendezvousPort) {
        return new ApiSettings(
                environment.string("CELADON_API_BIND", "0.0.0.0", "address of the Platform API"),
                environment.port("CELADON_API_PORT", 5080, "port of the Platform API"),
                routerPort,
                gitPort,
                environment.string("CELADON_ADMIN_EMAIL", "admin@localhost", "e-mail of the first account"),
                environment.secret("CELADON_ADMIN_PASSWORD", "password of the first account; none when absent"),
                (int) environment
                        .duration("CELADON_BOOT_TIMEOUT", "60s", "how long a web dyno may take to bind $PORT (R10)")
                        .toSeconds(),
                (int) environment.bytes("CELADON_API_MAX_HEADER", "16KB", "headers of a request at most (431)"),
                environment.bytes("CELADON_API_MAX_BODY", "1MB", "body of a request at most (413)"),
                environment.duration("CELADON_API_LOOK", "1s", "between looks for builds that want a release"),
                new Limits(
                        environment.integer(
                                "CELADON_API_RATE_LIMIT",
                                4_500,
                                1,
                                1_000_000_000,
                                "requests of an account per hour and API process (429)"),
                        environment.integer(
                                "CELADON_API_PASSWORD_LIMIT",
                                60,
                                1,
                                1_000_000,
                                "tries of one account's password per hour"),
                        environment.integer("CELADON_API_ONE_OFFS", 50, 1, 10_000, "one-off dynos of an app at once"),
                        environment.duration(
                                "CELADON_API_RELEASE_PHASE", "1h", "a release phase that takes longer expires"),
                        environment.bytes("CELADON_API_SOURCE_LIMIT", "1GB", "an uploaded source tarball at most"),
                        environment.integer("CELADON_API_JOBS", 100, 0, 10_000, "scheduler jobs of an app"),
                        environment.duration(
                                "CELADON_JOB_TOLERANCE", "1m", "a scheduler job that runs later has missed its time")),
                new Webhooks(
                        environment.duration("CELADON_WEBHOOK_TIMEOUT", "20s", "a webhook's receiver has to answer"),
                        environment.duration(
                                "CELADON_WEBHOOK_RETRY",
                                "10s",
                                "before the second delivery of a webhook, then doubled"),
                        environment.integer("CELADON_WEBHOOK_ATTEMPTS", 14, 1, 50, "deliveries of one event at most")),
                acme(environment),
                environment.duration(
                        "CELADON_CERTIFICATE_RETRY",
                        "15m",
                        "before an automatic certificate that failed is tried again, then doubled"),
                environment.string(
                        "CELADON_RENDEZVOUS_HOST", "127.0.0.1", "host that terminals of one-off dynos connect to"),
                rendezvousPort);
    }

    private static Optional<AcmeServer> acme(Environment environment) {
        String directory = environment.string(
                "CELADON_ACME_DIRECTORY",
                "",
                "directory URL of the ACME server that signs automatic certificates; the platform's own authority when empty");
        String email = environment.string("CELADON_ACME_EMAIL", "", "address for the ACME server's warnings");
        String roots = environment.string(
                "CELADON_ACME_ROOTS",
                "",
                "PEM of who signed the ACME server's own certificate; whom Java trusts when empty");
        return directory.isEmpty()
                ? Optional.empty()
                : Optional.of(new AcmeServer(
                        directory, email, roots.isEmpty() ? Optional.empty() : Optional.of(Path.of(roots))));
    }
}
