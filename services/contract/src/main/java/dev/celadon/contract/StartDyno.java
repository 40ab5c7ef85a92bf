package dev.celadon.contract;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's order to one node. Config vars do not travel on the bus: the agent asks the api for the release's
 * environment.
 *
 * @param epoch of the leader's lease; an agent refuses one older than the newest it has seen
 * @param name {@code web.1}
 * @param command as the Procfile has it, run by a shell
 * @param hostUid the app's own uid on every host
 * @param bootSeconds how long a web dyno may take to bind {@code $PORT} (R10), seconds
 */
public record StartDyno(
        UUID dynoId,
        long epoch,
        UUID appId,
        String appName,
        String name,
        UUID releaseId,
        int releaseVersion,
        String slugSha256,
        @Nullable String commit,
        String command,
        String stack,
        int hostUid,
        int memoryMb,
        int bootSeconds)
        implements DynoOrder {

    /** The process type: {@code web} of {@code web.1}. */
    public String processType() {
        return name.substring(0, name.lastIndexOf('.'));
    }

    public boolean isWeb() {
        return processType().equals("web");
    }
}
