package dev.celadon.api.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.Feature;
import dev.celadon.api.domain.Scope;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /apps/:app/features} and {@code /account/features}: what can be switched on for one app or one account. */
public final class Features {
    private static final String EPOCH = "2026-11-01T00:00:00Z";

    private final Apps apps;
    private final Database database;

    public Features(Apps apps, Database database) {
        this.apps = apps;
        this.database = database;
    }

    /** Whose feature: {@code app_id} or {@code account_id}. */
    private record Owner(String column, UUID id, Feature.Of of) {}

    private record Switch(boolean isOn, OffsetDateTime updatedAt) {}

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.GET, "/account/features", Scope.READ, request -> list(account(request)));
        endpoints.add(
                HttpMethod.GET, "/account/features/:feature", Scope.READ, request -> show(request, account(request)));
        endpoints.add(
                HttpMethod.PATCH,
                "/account/features/:feature",
                Scope.GLOBAL,
                request -> set(request, account(request)));
        endpoints.add(
                HttpMethod.GET, "/apps/:app/features", request -> app(request).compose(this::list));
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/features/:feature",
                request -> app(request).compose(app -> show(request, app)));
        endpoints.add(
                HttpMethod.PATCH,
                "/apps/:app/features/:feature",
                request -> app(request).compose(app -> set(request, app)));
    }

    private static Owner account(Request request) {
        return new Owner("account_id", request.caller().accountId(), Feature.Of.ACCOUNT);
    }

    private Future<Owner> app(Request request) {
        return apps.find(request).map(app -> new Owner("app_id", app.id(), Feature.Of.APP));
    }

    private Future<Answer> list(Owner owner) {
        return switches(owner).map(switches -> {
            List<ObjectNode> all = Feature.of(owner.of()).stream()
                    .map(feature -> json(feature, switches.get(feature.word())))
                    .toList();
            return Answer.list(all, "name", "id");
        });
    }

    private Future<Answer> show(Request request, Owner owner) {
        Feature feature = feature(request, owner);
        return switches(owner).map(switches -> Answer.ok(json(feature, switches.get(feature.word()))));
    }

    private Future<Answer> set(Request request, Owner owner) {
        Feature feature = feature(request, owner);
        boolean isOn = request.body()
                .flag("enabled")
                .orElseThrow(() -> ApiException.invalid("enabled: missing (expected: true or false)"));
        String sql =
                "insert into api.features (name, " + owner.column() + ", enabled) values ($1, $2, $3) on conflict ("
                        + owner.column() + ", name) where " + owner.column()
                        + " is not null do update set enabled = excluded.enabled, updated_at = now()";
        return database.execute(sql, Tuple.of(feature.word(), owner.id(), isOn))
                .onSuccess(done -> request.app().ifPresent(apps::changed))
                .compose(done -> show(request, owner));
    }

    private static Feature feature(Request request, Owner owner) {
        String asked = request.parameter("feature");
        return Feature.of(owner.of()).stream()
                .filter(feature ->
                        feature.word().equals(asked) || id(feature).toString().equals(asked))
                .findFirst()
                .orElseThrow(() -> ApiException.notFound("feature"));
    }

    private Future<Map<String, Switch>> switches(Owner owner) {
        Map<String, Switch> switches = new HashMap<>();
        String sql = "select name, enabled, updated_at from api.features where " + owner.column() + " = $1";
        return database.list(
                        sql,
                        Tuple.of(owner.id()),
                        row -> switches.put(
                                row.getString("name"),
                                new Switch(row.getBoolean("enabled"), row.getOffsetDateTime("updated_at"))))
                .map(switches);
    }

    private static UUID id(Feature feature) {
        return Representation.idOf("feature " + feature.word());
    }

    private static ObjectNode json(Feature feature, @Nullable Switch set) {
        String time = set == null ? EPOCH : Representation.time(set.updatedAt());
        return Representation.named(id(feature), feature.word())
                .put("enabled", set != null && set.isOn())
                .put("state", feature.state())
                .put("description", feature.description())
                .put("doc_url", "")
                .put("display_name", feature.displayName())
                .put("feedback_email", "")
                .put("created_at", EPOCH)
                .put("updated_at", time);
    }
}
