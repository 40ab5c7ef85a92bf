package dev.celadon.router.domain;

import dev.celadon.contract.Route;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The platform's rules for a request's time and room; an app may have its own for some.
 *
 * @param connect to a dyno (H19)
 * @param firstByte from the end of the request to the first byte of the response (H12)
 * @param idle without a byte in either direction afterwards (H15, H28)
 * @param boot a request waits for a dyno at most (H20, H99)
 * @param quarantine a dyno that refused is not asked
 * @param keepAlive a client's connection may lie idle, or take for one head
 * @param pooled a connection to a dyno may lie idle
 * @param halfClose a client that promised to go on and closed its side is still answered
 * @param perDyno requests in flight that each dyno is given
 * @param queuedPerDyno requests that may wait for each dyno beyond that (H11)
 * @param headBytes of a request
 * @param responseBuffer what a dyno may be ahead of a slow client
 * @param loopBuffers what all such buffers of an event loop may hold before they must do with little
 * @param streams requests at once on one connection of HTTP/2
 * @param redirectPort of HTTPS, where plain requests are sent; 0 when they are served
 * @param connections of clients on one event loop (H22)
 */
public record Policy(
        Duration connect,
        Duration firstByte,
        Duration idle,
        Duration boot,
        Duration quarantine,
        Duration keepAlive,
        Duration pooled,
        Duration halfClose,
        int perDyno,
        int queuedPerDyno,
        int headBytes,
        int responseBuffer,
        long loopBuffers,
        int connections,
        int streams,
        int redirectPort) {

    public long connectNanos(Route.Options options) {
        return nanos(options.connectMillis(), connect);
    }

    public long firstByteNanos(Route.Options options) {
        return nanos(options.firstByteMillis(), firstByte);
    }

    public long idleNanos(Route.Options options) {
        return nanos(options.idleMillis(), idle);
    }

    private static long nanos(@Nullable Integer own, Duration platform) {
        return own == null ? platform.toNanos() : own * 1_000_000L;
    }
}
