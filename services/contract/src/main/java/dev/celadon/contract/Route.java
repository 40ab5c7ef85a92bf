package dev.celadon.contract;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One app's entry in the routing table.
 *
 * @param revision of the table when this entry last changed
 * @param hosts lower case, without port
 * @param backends web dynos that accept requests now
 * @param options what the app itself wants of routers
 */
public record Route(
        UUID appId,
        String app,
        long revision,
        State state,
        List<String> hosts,
        List<Backend> backends,
        @Nullable Options options) {
    public Route {
        hosts = List.copyOf(hosts);
        backends = List.copyOf(backends);
        options = options == null ? Options.NONE : options;
    }

    public Route(UUID appId, String app, long revision, State state, List<String> hosts, List<Backend> backends) {
        this(appId, app, revision, state, hosts, backends, Options.NONE);
    }

    /** Never null: an entry of an older writer has no options, which is the same as {@link Options#NONE}. */
    @Override
    public Options options() {
        return options == null ? Options.NONE : options;
    }

    /**
     * @param connectMillis, firstByteMillis, idleMillis instead of the platform's limits
     * @param errorPageUrl, maintenancePageUrl shown instead of the platform's pages
     * @param isContinueEndToEnd the dyno, not the router, answers {@code Expect: 100-continue}
     */
    public record Options(
            @Nullable Integer connectMillis,
            @Nullable Integer firstByteMillis,
            @Nullable Integer idleMillis,
            @Nullable String errorPageUrl,
            @Nullable String maintenancePageUrl,
            boolean isContinueEndToEnd) {
        public static final Options NONE = new Options(null, null, null, null, null, false);
    }

    public Route at(long newRevision) {
        return new Route(appId, app, newRevision, state, hosts, backends, options);
    }

    /** What a request for the app meets. */
    public enum State {
        /** Backends serve; with none yet, requests wait for one (H20 after the boot limit). */
        SERVING,
        /** No dyno is up, one is on its way: requests wait (H20 after the boot limit). */
        STARTING,
        /** Its only web dyno idles: requests wait as above, and the router asks for it ({@link AppWake}). */
        IDLE,
        /** Its web dynos crashed (H10). */
        CRASHED,
        /** No web process is asked for (H14). */
        NO_WEB,
        /** Nothing was released yet (H81). */
        BLANK,
        /** H80. */
        MAINTENANCE,
        /** The app is gone; routers forget the entry. */
        GONE
    }

    /** A dyno that takes requests at {@code address:port}. */
    public record Backend(UUID dynoId, String name, String address, int port) {}
}
