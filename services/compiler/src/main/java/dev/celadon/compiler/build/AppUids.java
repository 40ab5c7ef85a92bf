package dev.celadon.compiler.build;

import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** The host uid of an app, which manifold hands out: a slug's files belong to the dynos that will run it. */
final class AppUids {
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 20;
    private static final long PAUSE_MILLIS = 500;

    private final Platform platform;

    AppUids(Platform platform) {
        this.platform = platform;
    }

    /** Waits a while for a manifold that is away. */
    Future<Integer> hostUid(UUID appId) {
        return attempt(appId, 1);
    }

    private Future<Integer> attempt(UUID appId, int number) {
        return known(appId)
                .compose(found -> found.map(Future::succeededFuture).orElseGet(() -> ask(appId)))
                .recover(cause -> number < ATTEMPTS
                        ? platform.vertx().timer(PAUSE_MILLIS).compose(tick -> attempt(appId, number + 1))
                        : Future.failedFuture(cause));
    }

    private Future<Optional<Integer>> known(UUID appId) {
        return platform.database()
                .first(
                        "select host_uid from manifold.v_app_uids where app_id = $1",
                        Tuple.of(appId),
                        row -> row.getInteger("host_uid"))
                .recover(missing -> Future.succeededFuture(Optional.empty()));
    }

    private Future<Integer> ask(UUID appId) {
        return platform.members()
                .any("manifold")
                .map(member -> platform.internal()
                        .call(HttpMethod.POST, member.url() + "/manifold/app-uids/" + appId, DEADLINE)
                        .send()
                        .compose(response -> response.statusCode() == 200
                                ? Future.succeededFuture(
                                        response.bodyAsJsonObject().getInteger("hostUid"))
                                : Future.<Integer>failedFuture("manifold answered " + response.statusCode())))
                .orElseGet(() -> Future.failedFuture("no manifold is up"));
    }
}
