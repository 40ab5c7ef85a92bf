package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.Build;
import dev.celadon.compiler.domain.BuildRejected;
import dev.celadon.compiler.domain.Slug;
import dev.celadon.compiler.output.BuildOutputs;
import dev.celadon.compiler.output.LiveOutput;
import dev.celadon.compiler.store.BuildStore;
import dev.celadon.compiler.store.DeletedApps;
import dev.celadon.container.ContainerUnavailable;
import dev.celadon.contract.BuildFailed;
import dev.celadon.contract.BuildOutput;
import dev.celadon.contract.SlugReady;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Platform;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A claimed build from its claim to its last word in the store. Whatever happens, nothing of it stays on the host. */
public final class BuildRun {
    private static final Logger log = LoggerFactory.getLogger(BuildRun.class);
    /** A build that takes the platform down with it is not tried for ever. */
    private static final int MAX_ATTEMPTS = 5;

    private static final String INTERNAL_ERROR = "internal error, the platform's operator finds more in its log";

    private final Platform platform;
    private final BuildStore store;
    private final DeletedApps blobs;
    private final BuildOutputs outputs;
    private final SlugBuild steps;
    private final Duration limit;

    public BuildRun(
            Platform platform,
            BuildStore store,
            DeletedApps blobs,
            BuildOutputs outputs,
            SlugBuild steps,
            Duration limit) {
        this.platform = platform;
        this.store = store;
        this.blobs = blobs;
        this.outputs = outputs;
        this.steps = steps;
        this.limit = limit;
    }

    /** Completes with the last word; what went wrong is in the store and the log. {@link #clear} comes next. */
    public Future<Void> run(Build build, Stop stop) {
        Timer.Sample sample = Timer.start(platform.meters());
        long timer = platform.vertx().setTimer(limit.toMillis(), late -> stop.because(tooLong(limit)));
        return steps.place(build)
                .compose(place -> outputs.begin(build.id(), place)
                        .compose(output -> announced(build)
                                .compose(announced -> finished(build, place, output, stop))
                                .eventually(() -> outputs.end(build.id(), output))))
                .recover(cause -> {
                    log.atError()
                            .addKeyValue("build", build.id())
                            .setCause(cause)
                            .log("build-not-recorded");
                    return store.fail(build, INTERNAL_ERROR, null).mapEmpty();
                })
                .eventually(() -> steps.clear(build)
                        .onFailure(cause -> log.atError()
                                .addKeyValue("build", build.id())
                                .setCause(cause)
                                .log("build-not-cleared")))
                .onComplete(done -> {
                    platform.vertx().cancelTimer(timer);
                    sample.stop(platform.meters().timer("compiler.builds"));
                });
    }

    /** Takes away what the build needed on this host; what stays is cleared at the next start. */
    public Future<Void> clear(Build build) {
        return steps.clear(build)
                .onFailure(cause -> log.atError()
                        .addKeyValue("build", build.id())
                        .setCause(cause)
                        .log("build-not-cleared"));
    }

    private Future<Void> announced(Build build) {
        String url = platform.internal().url() + "/compiler/builds/" + build.id() + "/output";
        return store.begin(build, url).onSuccess(begun -> {
            platform.bus().publish(Topic.BUILD_OUTPUT, new BuildOutput(build.id(), build.appId(), url));
            platform.appLog().platform(build.appId(), "slugc", "Slug compilation started");
            log.atInfo()
                    .addKeyValue("build", build.id())
                    .addKeyValue("app", build.appId())
                    .addKeyValue("attempt", build.attempt())
                    .log("build-started");
        });
    }

    private Future<Void> finished(Build build, Path place, LiveOutput output, Stop stop) {
        Future<Slug> slug = build.attempt() <= MAX_ATTEMPTS
                ? steps.slug(build, place, output, stop)
                : Future.failedFuture(new BuildRejected("build was interrupted " + MAX_ATTEMPTS + " times"));
        return slug.compose(made -> succeeded(build, made, output)).recover(cause -> ended(build, cause, output));
    }

    private Future<Void> succeeded(Build build, Slug slug, LiveOutput output) {
        return outputs.store(output)
                .compose(sha256 -> store.succeed(build, slug, sha256))
                .compose(isOurs -> {
                    if (isOurs) {
                        tellSuccess(build, slug);
                        return Future.succeededFuture();
                    }
                    return dropSlug(slug).compose(dropped -> ended(build, cancelled(), output));
                });
    }

    private void tellSuccess(Build build, Slug slug) {
        platform.bus().publish(Topic.SLUG_READY, new SlugReady(build.id(), slug.id(), build.appId()));
        platform.appLog().platform(build.appId(), "slugc", "Slug compilation finished");
        log.atInfo()
                .addKeyValue("build", build.id())
                .addKeyValue("app", build.appId())
                .addKeyValue("slug", slug.id())
                .addKeyValue("bytes", slug.bytes())
                .log("build-succeeded");
    }

    /** The build's last word without a slug. A cancelled one has it already, an interrupted one starts over. */
    private Future<Void> ended(Build build, Throwable cause, LiveOutput output) {
        String reason = reason(cause);
        if (reason.equals(INTERNAL_ERROR)) {
            log.atError().addKeyValue("build", build.id()).setCause(cause).log("build-broken");
        }
        if (reason.equals(Stop.INTERRUPTED)) {
            return Future.succeededFuture();
        }
        return outputs.store(output)
                .compose(sha256 -> reason.equals(BuildRejected.CANCELLED)
                        ? store.keepOutput(build, sha256)
                        : store.fail(build, reason, sha256).<Void>mapEmpty())
                .onSuccess(recorded -> {
                    platform.bus().publish(Topic.BUILD_FAILED, new BuildFailed(build.id(), build.appId()));
                    platform.appLog().platform(build.appId(), "slugc", "Slug compilation failed: " + reason);
                    log.atInfo()
                            .addKeyValue("build", build.id())
                            .addKeyValue("app", build.appId())
                            .addKeyValue("reason", reason)
                            .log("build-failed");
                });
    }

    private static String reason(Throwable cause) {
        if (cause instanceof BuildRejected rejected) {
            return rejected.reason();
        }
        return cause instanceof ContainerUnavailable unavailable
                ? String.valueOf(unavailable.getMessage())
                : INTERNAL_ERROR;
    }

    private Future<Void> dropSlug(Slug slug) {
        return blobs.unshared(Set.of(slug.sha256()))
                .compose(unshared -> Future.all(
                        unshared.stream().map(platform.blobs()::delete).toList()))
                .mapEmpty();
    }

    private static BuildRejected cancelled() {
        return new BuildRejected(BuildRejected.CANCELLED);
    }

    private static String tooLong(Duration limit) {
        long seconds = Math.max(1, limit.toSeconds());
        boolean isMinutes = seconds % 60 == 0;
        long number = isMinutes ? seconds / 60 : seconds;
        return "build took longer than " + number + (isMinutes ? " minute" : " second") + (number == 1 ? "" : "s");
    }
}
