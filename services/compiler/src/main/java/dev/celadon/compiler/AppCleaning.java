package dev.celadon.compiler;

import dev.celadon.compiler.build.BuildCaches;
import dev.celadon.compiler.store.AppReads;
import dev.celadon.compiler.store.DeletedApps;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes away what builds of deleted apps left: rows, slugs, outputs, caches. */
final class AppCleaning extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(AppCleaning.class);

    private final Platform platform;
    private final Duration interval;
    private final AppReads apps;
    private final DeletedApps deleted;
    private final BuildCaches caches;
    private long timer = -1;
    private boolean isCleaning;
    private boolean isDue;

    AppCleaning(Platform platform, Duration interval, AppReads apps, DeletedApps deleted, BuildCaches caches) {
        this.platform = platform;
        this.interval = interval;
        this.apps = apps;
        this.deleted = deleted;
        this.caches = caches;
    }

    @Override
    public Future<?> start() {
        timer = vertx.setPeriodic(0, interval.toMillis(), tick -> clean());
        return platform.bus().subscribe(Topic.APP_CHANGED, changed -> clean());
    }

    @Override
    public Future<?> stop() {
        vertx.cancelTimer(timer);
        return Future.succeededFuture();
    }

    private void clean() {
        if (isCleaning) {
            isDue = true;
            return;
        }
        isCleaning = true;
        isDue = false;
        deleted.forget()
                .compose(blobs ->
                        Future.all(blobs.stream().map(platform.blobs()::delete).toList()))
                .compose(done -> deleteCaches())
                // api's views may not be there yet; the next look comes.
                .onFailure(cause ->
                        log.atDebug().addKeyValue("reason", cause.getMessage()).log("apps-unreachable"))
                .onComplete(done -> {
                    isCleaning = false;
                    if (isDue) {
                        clean();
                    }
                });
    }

    private Future<Void> deleteCaches() {
        return caches.apps()
                .compose(cached -> apps.appIds()
                        .map(living -> cached.stream()
                                .filter(appId -> !living.contains(appId))
                                .toList()))
                .compose(orphans ->
                        Future.all(orphans.stream().map(caches::delete).toList()))
                .mapEmpty();
    }
}
