package dev.celadon.api.releases;

import dev.celadon.api.webhooks.Events;
import dev.celadon.contract.OneOffChanged;
import dev.celadon.contract.ReleaseCreated;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Bus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of releases once they are committed: the app's log, the bus, webhooks. */
public final class Announcements {
    private static final Logger log = LoggerFactory.getLogger(Announcements.class);

    private final Bus bus;
    private final AppLog appLog;
    private final Events events;

    public Announcements(Bus bus, AppLog appLog, Events events) {
        this.bus = bus;
        this.appLog = appLog;
        this.events = events;
    }

    public void released(Release release) {
        appLog.platform(release.appId(), "api", "Release v" + release.version() + " created by " + release.email());
        if (release.isPending() && release.phaseId() != null) {
            appLog.platform(
                    release.appId(),
                    "api",
                    "Running release v" + release.version() + " commands by user " + release.email());
            bus.publish(Topic.ONE_OFF_CHANGED, new OneOffChanged(release.phaseId(), release.appId()));
        }
        tell(release, "create");
    }

    /** Its release phase has ended. */
    public void settled(Release release) {
        appLog.platform(
                release.appId(),
                "api",
                "Release v" + release.version()
                        + (release.status().equals("succeeded")
                                ? " command succeeded"
                                : " command " + release.status()));
        tell(release, "update");
    }

    /** Its rollout has ended otherwise than it began. */
    public void changed(Release release) {
        tell(release, "update");
    }

    private void tell(Release release, String action) {
        log.atInfo()
                .addKeyValue("app", release.appId())
                .addKeyValue("version", release.version())
                .addKeyValue("status", release.status())
                .log("release-" + action);
        bus.publish(Topic.RELEASE_CREATED, new ReleaseCreated(release.appId(), release.id(), release.version()));
        events.emit(
                        release.appId(),
                        "api:release",
                        action,
                        ReleaseJson.of(release, ""),
                        release.accountId(),
                        release.email())
                .onFailure(cause -> log.atError()
                        .addKeyValue("app", release.appId())
                        .setCause(cause)
                        .log("event-lost"));
    }
}
