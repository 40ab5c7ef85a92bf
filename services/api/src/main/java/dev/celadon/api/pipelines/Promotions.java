package dev.celadon.api.pipelines;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Body;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.api.releases.Announcements;
import dev.celadon.api.releases.ReleaseStore;
import dev.celadon.api.releases.ReleaseStore.Draft;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /pipeline-promotions}: the slug of one app's release becomes a release of other apps, with their own config. */
public final class Promotions {
    private static final String TARGETS = """
            select t.id, t.app_id, t.promotion_id, t.release_id, t.failure, r.status
            from api.promotion_targets t left join api.releases r on r.id = t.release_id where t.promotion_id = $1
            """;

    private final Apps apps;
    private final Pipelines pipelines;
    private final Database database;
    private final ReleaseStore releases;
    private final Announcements announcements;

    public Promotions(
            Apps apps, Pipelines pipelines, Database database, ReleaseStore releases, Announcements announcements) {
        this.apps = apps;
        this.pipelines = pipelines;
        this.database = database;
        this.releases = releases;
        this.announcements = announcements;
    }

    private record Source(App app, UUID releaseId, UUID slugId) {}

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.POST, "/pipeline-promotions", this::create);
        endpoints.add(
                HttpMethod.GET,
                "/pipeline-promotions/:promotion",
                request -> find(request).map(Answer::ok));
        endpoints.add(
                HttpMethod.GET,
                "/pipeline-promotions/:promotion/promotion-targets",
                request -> find(request)
                        .compose(found -> database.list(TARGETS, Tuple.of(Pipelines.id(found)), Promotions::target))
                        .map(found -> Answer.list(found, "id")));
    }

    private Future<Answer> create(Request request) {
        List<String> ids = new ArrayList<>();
        for (Body target : request.body().objects("targets")) {
            ids.add(target.object("app").required("id"));
        }
        String pipeline = request.body().object("pipeline").required("id");
        String from = request.body().object("source").object("app").required("id");
        List<Future<App>> targets =
                ids.stream().map(id -> apps.find(request, id)).toList();
        return pipelines
                .find(request, pipeline)
                .compose(found -> Future.all(new ArrayList<>(targets))
                        .compose(all -> Future.all(new ArrayList<>(targets.stream()
                                .map(target -> member(found, target.result()))
                                .toList())))
                        .compose(all -> apps.find(request, from))
                        .compose(app -> member(found, app).compose(inside -> source(app)))
                        .compose(source -> enter(request, found, source).compose(promotion -> {
                            Future<Void> done = Future.succeededFuture();
                            for (Future<App> target : targets) {
                                done = done.compose(before -> promote(request, promotion, source, target.result()));
                            }
                            return done.compose(all -> find(request, promotion));
                        })))
                .map(Answer::created);
    }

    private Future<Source> source(App app) {
        return database.first(
                        """
                        select id, slug_id from api.releases where app_id = $1 and status = 'succeeded' and slug_id is not null
                        order by version desc limit 1
                        """, Tuple.of(app.id()), row -> new Source(app, row.getUUID("id"), row.getUUID("slug_id")))
                .map(found -> found.orElseThrow(
                        () -> ApiException.invalid(app.name() + " has no release with code to promote.")));
    }

    private Future<Integer> member(ObjectNode pipeline, App app) {
        return database.first(
                        "select 1 from api.pipeline_couplings where pipeline_id = $1 and app_id = $2",
                        Tuple.of(Pipelines.id(pipeline), app.id()),
                        row -> 1)
                .map(found -> found.orElseThrow(() -> ApiException.invalid(app.name() + " is not in pipeline "
                        + pipeline.get("name").asText() + ".")));
    }

    private Future<UUID> enter(Request request, ObjectNode pipeline, Source source) {
        return database.first(
                        """
                        insert into api.pipeline_promotions (pipeline_id, source_app_id, source_release_id, account_id)
                        values ($1, $2, $3, $4) returning id
                        """,
                        Tuple.of(
                                Pipelines.id(pipeline),
                                source.app().id(),
                                source.releaseId(),
                                request.caller().accountId()),
                        row -> row.getUUID("id"))
                .map(id -> id.orElseThrow());
    }

    /** Each target for itself: one that cannot be released fails and leaves the others alone. */
    private Future<Void> promote(Request request, UUID promotion, Source source, App target) {
        String description = "Promote " + source.app().name() + " release to " + target.name();
        return releases.next(
                        target.id(),
                        (client, base) -> ReleaseStore.copySlug(client, source.slugId(), target.id())
                                .compose(slug -> releases.insert(
                                        client,
                                        new Draft(
                                                target.id(),
                                                request.caller().accountId(),
                                                description,
                                                slug,
                                                base.configId(),
                                                null))))
                .onSuccess(announcements::released)
                .compose(release -> record(promotion, target, release.id(), null))
                .recover(cause -> record(promotion, target, null, String.valueOf(cause.getMessage())));
    }

    private Future<Void> record(UUID promotion, App target, @Nullable UUID release, @Nullable String failure) {
        return database.execute(
                        "insert into api.promotion_targets (promotion_id, app_id, release_id, failure) values ($1, $2, $3, $4)",
                        Tuple.of(promotion, target.id(), release, failure))
                .mapEmpty();
    }

    private Future<ObjectNode> find(Request request) {
        return find(request, request.id("promotion"));
    }

    private Future<ObjectNode> find(Request request, UUID id) {
        return database.first("""
                        select p.*, exists (
                          select 1 from api.promotion_targets t join api.releases r on r.id = t.release_id
                          where t.promotion_id = p.id and r.status = 'pending') as is_pending
                        from api.pipeline_promotions p join api.v_app_access x on x.app_id = p.source_app_id
                        where p.id = $1 and x.account_id = $2
                        """, Tuple.of(id, request.caller().accountId()), Promotions::json)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("pipeline promotion")));
    }

    private static ObjectNode json(Row row) {
        ObjectNode json = Representation.identified(row.getUUID("id"));
        json.set("pipeline", Representation.identified(row.getUUID("pipeline_id")));
        ObjectNode source = json.putObject("source");
        source.set("app", Representation.identified(row.getUUID("source_app_id")));
        source.set("release", Representation.identified(row.getUUID("source_release_id")));
        String time = Representation.time(row.getOffsetDateTime("created_at"));
        json.put("status", row.getBoolean("is_pending") ? "pending" : "completed");
        return json.put("created_at", time).put("updated_at", time);
    }

    private static ObjectNode target(Row row) {
        String failure = row.getString("failure");
        String release = row.getString("status");
        String status = failure != null || "failed".equals(release) || "expired".equals(release)
                ? "failed"
                : "pending".equals(release) ? "pending" : "succeeded";
        ObjectNode json = Representation.identified(row.getUUID("id")).put("status", status);
        json.put("error_message", failure == null && status.equals("failed") ? "The release phase failed." : failure);
        json.set("app", Representation.identified(row.getUUID("app_id")));
        json.set("pipeline_promotion", Representation.identified(row.getUUID("promotion_id")));
        UUID id = row.getUUID("release_id");
        json.set("release", id == null ? null : Representation.identified(id));
        return json;
    }
}
