package dev.celadon.gitreceiver;

import dev.celadon.runtime.Environment;
import java.time.Duration;

/**
 * What an operator can set about pushes.
 *
 * @param requestsPerHour git requests that one app may have
 * @param maxPackBytes the largest pack one push may bring
 * @param pushWorkers pushes received or built at once; further ones are told to try again
 * @param buildLimit how long a push waits for its turn and for its build
 * @param liveLimit how long a push waits for its release to run before it ends without having seen it
 * @param look how often a waiting push looks at the store without being told to
 * @param sweep how often repositories of deleted apps are looked for
 * @param platformName the word for the platform in what pushers read
 */
public record GitReceiverSettings(
        String bind,
        int port,
        Ssh ssh,
        int requestsPerHour,
        long maxPackBytes,
        int pushWorkers,
        Duration buildLimit,
        Duration liveLimit,
        Duration look,
        Duration sweep,
        String platformName) {
    /**
     * @param connections open at once
     * @param authentication how long a client may take to prove its key
     */
    public record Ssh(int port, int connections, Duration authentication) {}

    public static GitReceiverSettings from(Environment environment) {
        return new GitReceiverSettings(
                environment.string("CELADON_GIT_BIND", "0.0.0.0", "address git's port listens on"),
                environment.port("CELADON_GIT_PORT", 5443, "port of git over HTTPS; 0: any free"),
                new Ssh(
                        environment.port("CELADON_GIT_SSH_PORT", 2222, "port of git over SSH; 0: any free"),
                        environment.integer(
                                "CELADON_GIT_SSH_CONNECTIONS", 256, 1, 100_000, "SSH connections open at once"),
                        environment.duration(
                                "CELADON_GIT_SSH_LOGIN", "20s", "how long an SSH client may take to prove its key")),
                environment.integer(
                        "CELADON_GIT_REQUESTS", 75, 1, 1_000_000, "git requests that one app may have in an hour"),
                environment.bytes("CELADON_GIT_MAX_PACK", "1GB", "largest pack one push may bring"),
                environment.integer("CELADON_GIT_PUSH_WORKERS", 16, 1, 1_000, "pushes at once on this node"),
                environment.duration("CELADON_GIT_BUILD_LIMIT", "15m", "how long a push waits for its build"),
                environment.duration("CELADON_GIT_LIVE_LIMIT", "90s", "how long a push waits for its release to run"),
                environment.duration("CELADON_GIT_LOOK", "300ms", "how often a waiting push looks at the store"),
                environment.duration("CELADON_GIT_SWEEP", "5s", "how often repositories of deleted apps are removed"),
                environment.string("CELADON_PLATFORM_NAME", "Heroku", "the platform's name in what a push prints"));
    }
}
