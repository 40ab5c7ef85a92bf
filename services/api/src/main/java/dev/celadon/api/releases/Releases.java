package dev.celadon.api.releases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.AppStore;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.ConfigChange;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.releases.ReleaseStore.Built;
import dev.celadon.api.releases.ReleaseStore.Release;
import dev.celadon.contract.ReleaseCreated;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that makes a release: a build, a change of config vars, a rollback. */
public final class Releases {
    private static final Logger log = LoggerFactory.getLogger(Releases.class);
    private static final int MOST = 1_000;

    private final Apps apps;
    private final AppStore config;
    private final ReleaseStore store;
    private final Bus bus;
    private final AppLog appLog;

    public Releases(Apps apps, AppStore config, ReleaseStore store, Bus bus, AppLog appLog) {
        this.apps = apps;
        this.config = config;
        this.store = store;
        this.bus = bus;
        this.appLog = appLog;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.GET, "/apps/:app/releases", this::list);
        endpoints.add(HttpMethod.POST, "/apps/:app/releases", this::rollback);
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/releases/:release",
                request -> apps.find(request)
                        .compose(app -> find(app, request.parameter("release")))
                        .map(release -> Endpoints.Answer.ok(json(release))));
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/config-vars",
                request -> apps.find(request)
                        .compose(app -> config.config(app.id()))
                        .map(Endpoints.Answer::ok));
        endpoints.add(HttpMethod.PATCH, "/apps/:app/config-vars", this::changeConfig);
    }

    /** Gives every finished build its release; called on the event and every few moments. */
    public Future<Void> releaseBuilds() {
        return store.builtWithoutRelease().compose(builds -> {
            Future<Void> done = Future.succeededFuture();
            for (Built built : builds) {
                done = done.compose(before -> deploy(built));
            }
            return done;
        });
    }

    private Future<Void> deploy(Built built) {
        String description = "Deploy "
                + built.commit().substring(0, Math.min(7, built.commit().length()));
        return store.deploy(built, description)
                .onSuccess(release -> {
                    appLog.platform(built.appId(), "api", description + " by " + built.email());
                    announce(release);
                })
                .recover(cause ->
                        Database.isUniqueViolation(cause) ? Future.succeededFuture() : Future.failedFuture(cause))
                .mapEmpty();
    }

    private Future<Endpoints.Answer> list(Endpoints.Request request) {
        String range = String.valueOf(request.context().request().getHeader("Range"));
        return apps.find(request)
                .compose(app -> store.of(app.id(), range.contains("order=desc"), MOST))
                .map(releases -> Endpoints.Answer.ok(
                        releases.stream().map(Releases::json).toList()));
    }

    private Future<Endpoints.Answer> rollback(Endpoints.Request request) {
        String target = request.body()
                .text("release")
                .orElseThrow(() -> ApiException.invalid("release: missing (expected: the release to roll back to)"));
        return apps.find(request)
                .compose(app -> find(app, target))
                .compose(earlier -> earlier.slugId() == null
                        ? Future.failedFuture(
                                ApiException.invalid("Release v" + earlier.version() + " has no slug to roll back to."))
                        : store.rollback(earlier.appId(), request.caller().accountId(), earlier))
                .onSuccess(release -> {
                    appLog.platform(
                            release.appId(),
                            "api",
                            release.description() + " by " + request.caller().email());
                    announce(release);
                })
                .map(release -> Endpoints.Answer.created(json(release)));
    }

    private Future<Endpoints.Answer> changeConfig(Endpoints.Request request) {
        ConfigChange change = change(request);
        return apps.find(request)
                .compose(app -> config.config(app.id()).compose(before -> {
                    Map<String, String> after = change.apply(before);
                    if (after.equals(before)) {
                        return Future.succeededFuture(Endpoints.Answer.ok(before));
                    }
                    if (ConfigChange.isTooLarge(after)) {
                        return Future.failedFuture(ApiException.invalid("Config vars are limited to 64 KB per app."));
                    }
                    return store.withConfig(app.id(), request.caller().accountId(), after, change.description())
                            .onSuccess(release -> {
                                appLog.platform(
                                        app.id(),
                                        "api",
                                        change.description() + " by "
                                                + request.caller().email());
                                announce(release);
                            })
                            .map(release -> Endpoints.Answer.ok(after));
                }));
    }

    private static ConfigChange change(Endpoints.Request request) {
        Map<String, String> set = new TreeMap<>();
        List<String> removed = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : request.body().json().properties()) {
            ConfigChange.problem(field.getKey()).ifPresent(problem -> {
                throw ApiException.invalid(problem);
            });
            if (field.getValue().isNull()) {
                removed.add(field.getKey());
            } else if (field.getValue().isTextual()) {
                set.put(field.getKey(), field.getValue().asText());
            } else {
                throw ApiException.invalid(field.getKey() + ": its value must be a string, or null to remove it.");
            }
        }
        return new ConfigChange(set, removed);
    }

    private Future<Release> find(App app, String versionOrId) {
        return store.find(app.id(), versionOrId)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("release")));
    }

    private void announce(Release release) {
        appLog.platform(release.appId(), "api", "Release v" + release.version() + " created by " + release.email());
        log.atInfo()
                .addKeyValue("app", release.appId())
                .addKeyValue("version", release.version())
                .log("release-created");
        bus.publish(Topic.RELEASE_CREATED, new ReleaseCreated(release.appId(), release.id(), release.version()));
    }

    private static ObjectNode json(Release release) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("id", release.id().toString()).put("version", release.version());
        json.put("description", release.description()).put("status", release.status());
        json.put("current", release.isCurrent());
        json.putObject("app").put("id", release.appId().toString());
        json.putObject("user").put("email", release.email()).put("id", String.valueOf(release.accountId()));
        if (release.slugId() == null) {
            json.putNull("slug");
        } else {
            json.putObject("slug").put("id", release.slugId().toString());
        }
        json.putNull("output_stream_url");
        json.put("created_at", release.createdAt().toInstant().toString());
        json.put("updated_at", release.createdAt().toInstant().toString());
        return json;
    }
}
