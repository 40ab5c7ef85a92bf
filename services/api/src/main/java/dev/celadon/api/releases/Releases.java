package dev.celadon.api.releases;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.ListRange;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Request;
import dev.celadon.api.releases.ReleaseStore.Draft;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/** {@code /apps/:app/releases}: list, show, roll back, release a slug again. */
public final class Releases {
    private static final int MOST = 5_000;

    private final Apps apps;
    private final ReleaseStore store;
    private final Database database;
    private final Announcements announcements;
    private final AppLog appLog;
    private final Outputs outputs;

    public Releases(
            Apps apps,
            ReleaseStore store,
            Database database,
            Announcements announcements,
            AppLog appLog,
            Outputs outputs) {
        this.apps = apps;
        this.store = store;
        this.database = database;
        this.announcements = announcements;
        this.appLog = appLog;
        this.outputs = outputs;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.GET, "/apps/:app/releases", this::list);
        endpoints.add(HttpMethod.POST, "/apps/:app/releases", this::create);
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/releases/:release",
                request -> apps.find(request)
                        .compose(app -> find(app, request.parameter("release")))
                        .map(release -> Answer.ok(json(request, release))));
    }

    /** A client that wants the newest few does not make the database read them all. */
    private Future<Answer> list(Request request) {
        ListRange range = request.range().orElseGet(() -> ListRange.of("version"));
        boolean isFromTheEnd =
                range.attribute().equals("version") && range.from().isEmpty();
        int most = isFromTheEnd ? Math.min(MOST, range.max() + 1) : MOST;
        return apps.find(request)
                .compose(app -> store.of(app.id(), range.isDescending(), most))
                .map(releases -> Answer.list(
                        releases.stream().map(release -> json(request, release)).toList(), "version", "id"));
    }

    private Future<Answer> create(Request request) {
        return apps.find(request)
                .compose(app -> {
                    if (request.body().has("release")) {
                        return rollback(request, app);
                    }
                    return request.body().has("slug")
                            ? ofSlug(request, app)
                            : Future.failedFuture(ApiException.invalid("release or slug: missing (expected: its id)"));
                })
                .onSuccess(release -> {
                    appLog.platform(
                            release.appId(),
                            "api",
                            release.description() + " by " + request.caller().email());
                    announcements.released(release);
                })
                .map(release -> Answer.created(json(request, release)));
    }

    private Future<Release> rollback(Request request, App app) {
        return find(app, request.body().required("release")).compose(earlier -> {
            if (!earlier.canBeRolledBackTo()) {
                throw ApiException.invalid("Release v" + earlier.version()
                        + (earlier.slugId() == null ? " has no slug to roll back to." : " did not succeed."));
            }
            return store.next(
                    app.id(),
                    (client, base) -> store.insert(
                            client,
                            new Draft(
                                    app.id(),
                                    request.caller().accountId(),
                                    "Rollback to v" + earlier.version(),
                                    earlier.slugId(),
                                    earlier.configId(),
                                    null)));
        });
    }

    /** A slug of this app with the config vars of today. */
    private Future<Release> ofSlug(Request request, App app) {
        UUID slug = Request.idOf(request.body().required("slug")).orElse(new UUID(0, 0));
        String description = request.body()
                .text("description")
                .orElse("Deploy " + slug.toString().substring(0, 7));
        return database.first(
                        "select id from api.slugs where id = $1 and app_id = $2 and sha256 <> ''",
                        Tuple.of(slug, app.id()),
                        row -> row.getUUID("id"))
                .map(found ->
                        found.orElseThrow(() -> ApiException.invalid("slug: " + slug + " is no slug of this app")))
                .compose(known -> store.next(
                        app.id(),
                        (client, base) -> store.insert(
                                client,
                                new Draft(
                                        app.id(),
                                        request.caller().accountId(),
                                        description,
                                        known,
                                        base.configId(),
                                        null))));
    }

    private Future<Release> find(App app, String versionOrId) {
        return store.find(app.id(), versionOrId)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("release")));
    }

    private ObjectNode json(Request request, Release release) {
        return ReleaseJson.of(release, outputs.url(request, Outputs.Kind.RELEASES, release.id()));
    }
}
