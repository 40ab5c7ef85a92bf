package dev.celadon.api;

import dev.celadon.runtime.Environment;
import java.time.Duration;

/**
 * @param routerPort where apps answer, for their web_url
 * @param gitPort where git answers, for their git_url
 * @param look between looks for builds that want a release, when no event said so
 */
public record ApiSettings(
        String bind,
        int port,
        int routerPort,
        int gitPort,
        String adminEmail,
        int bootSeconds,
        int maxHeaderBytes,
        long maxBodyBytes,
        Duration look) {
    public static ApiSettings from(Environment environment, int routerPort, int gitPort) {
        return new ApiSettings(
                environment.string("CELADON_API_BIND", "0.0.0.0", "address of the Platform API"),
                environment.port("CELADON_API_PORT", 5080, "port of the Platform API"),
                routerPort,
                gitPort,
                environment.string("CELADON_ADMIN_EMAIL", "admin@localhost", "e-mail of the first account"),
                (int) environment
                        .duration("CELADON_BOOT_TIMEOUT", "60s", "how long a web dyno may take to bind $PORT (R10)")
                        .toSeconds(),
                (int) environment.bytes("CELADON_API_MAX_HEADER", "16KB", "headers of a request at most (431)"),
                environment.bytes("CELADON_API_MAX_BODY", "1MB", "body of a request at most (413)"),
                environment.duration("CELADON_API_LOOK", "1s", "between looks for builds that want a release"));
    }
}
