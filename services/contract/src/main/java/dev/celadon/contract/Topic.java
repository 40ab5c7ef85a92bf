package dev.celadon.contract;

/**
 * An event on the bus: a hint that the truth in the store has changed, never the truth itself. Delivered at most once,
 * so whoever acts on it also looks by itself every few seconds.
 *
 * @param address {@code <emitter>.<event>}
 * @param version raised when a change is more than an added field; both versions are then published side by side
 */
public record Topic<T>(String address, int version, Class<T> type) {
    public static final Topic<PushReceived> PUSH_RECEIVED =
            new Topic<>("git-receiver.push-received", 1, PushReceived.class);
    public static final Topic<BuildOutput> BUILD_OUTPUT = new Topic<>("compiler.build-output", 1, BuildOutput.class);
    public static final Topic<SlugReady> SLUG_READY = new Topic<>("compiler.slug-ready", 1, SlugReady.class);
    public static final Topic<BuildFailed> BUILD_FAILED = new Topic<>("compiler.build-failed", 1, BuildFailed.class);
    public static final Topic<ReleaseCreated> RELEASE_CREATED =
            new Topic<>("api.release-created", 1, ReleaseCreated.class);
    public static final Topic<FormationChanged> FORMATION_CHANGED =
            new Topic<>("api.formation-changed", 1, FormationChanged.class);
    public static final Topic<BuildRequested> BUILD_REQUESTED =
            new Topic<>("api.build-requested", 1, BuildRequested.class);
    public static final Topic<OneOffChanged> ONE_OFF_CHANGED =
            new Topic<>("api.one-off-changed", 1, OneOffChanged.class);
    public static final Topic<DrainsChanged> DRAINS_CHANGED = new Topic<>("api.drains-changed", 1, DrainsChanged.class);
    public static final Topic<CertificatesChanged> CERTIFICATES_CHANGED =
            new Topic<>("api.certificates-changed", 1, CertificatesChanged.class);
    public static final Topic<AccessEnded> ACCESS_ENDED = new Topic<>("api.access-ended", 1, AccessEnded.class);
    public static final Topic<AppChanged> APP_CHANGED = new Topic<>("api.app-changed", 1, AppChanged.class);
    public static final Topic<DynoChanged> DYNO_CHANGED = new Topic<>("manifold.dyno-changed", 1, DynoChanged.class);
    public static final Topic<RoutesChanged> ROUTES_CHANGED =
            new Topic<>("manifold.routes-changed", 1, RoutesChanged.class);
    public static final Topic<RoutesApplied> ROUTES_APPLIED =
            new Topic<>("router.routes-applied", 1, RoutesApplied.class);
    public static final Topic<DynoSuspect> DYNO_SUSPECT = new Topic<>("router.dyno-suspect", 1, DynoSuspect.class);
    public static final Topic<AppWake> APP_WAKE = new Topic<>("router.app-wake", 1, AppWake.class);
    public static final Topic<JobRunMissed> JOB_RUN_MISSED = new Topic<>("api.job-run-missed", 1, JobRunMissed.class);

    public String wireAddress() {
        return address + ".v" + version;
    }
}
