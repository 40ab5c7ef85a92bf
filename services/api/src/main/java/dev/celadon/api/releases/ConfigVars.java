package dev.celadon.api.releases;

import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.apps.ConfigStore;
import dev.celadon.api.domain.ConfigChange;
import dev.celadon.api.domain.Scope;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Request;
import dev.celadon.api.releases.ReleaseStore.Base;
import dev.celadon.api.releases.ReleaseStore.Draft;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code /apps/:app/config-vars}: every change is a release; nothing changed is none. */
public final class ConfigVars {
    private final Apps apps;
    private final ConfigStore configs;
    private final ReleaseStore store;
    private final Announcements announcements;
    private final AppLog appLog;

    public ConfigVars(Apps apps, ConfigStore configs, ReleaseStore store, Announcements announcements, AppLog appLog) {
        this.apps = apps;
        this.configs = configs;
        this.store = store;
        this.announcements = announcements;
        this.appLog = appLog;
    }

    private record Changed(Map<String, String> vars, Optional<Release> release) {}

    public void mount(Endpoints endpoints) {
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/config-vars",
                Scope.READ_PROTECTED,
                request -> apps.find(request)
                        .compose(app -> configs.current(app.id()))
                        .map(Answer::ok));
        endpoints.add(HttpMethod.PATCH, "/apps/:app/config-vars", Scope.WRITE_PROTECTED, this::change);
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/releases/:release/config-vars",
                Scope.READ_PROTECTED,
                request -> apps.find(request)
                        .compose(app -> store.find(app.id(), request.parameter("release")))
                        .map(found -> found.orElseThrow(() -> ApiException.notFound("release")))
                        .compose(release -> configs.ofRelease(release.id()))
                        .map(Answer::ok));
    }

    private Future<Answer> change(Request request) {
        ConfigChange change = change(request.body().json());
        return apps.find(request)
                .compose(app -> store.next(app.id(), (client, base) -> apply(client, base, request, app, change))
                        .onSuccess(changed -> changed.release().ifPresent(release -> {
                            appLog.platform(
                                    app.id(),
                                    "api",
                                    change.description() + " by "
                                            + request.caller().email());
                            announcements.released(release);
                        })))
                .map(changed -> Answer.ok(changed.vars()));
    }

    /** Read and written under the app's lock, so that two changes at once both count. */
    private Future<Changed> apply(SqlClient client, Base base, Request request, App app, ConfigChange change) {
        return Database.first(
                        client,
                        "select ciphertext from api.configs where id = $1",
                        Tuple.of(base.configId()),
                        row -> configs.open(row.getBuffer("ciphertext")))
                .compose(found -> {
                    Map<String, String> before = found.orElseGet(TreeMap::new);
                    Map<String, String> after = change.apply(before);
                    if (after.equals(before)) {
                        return Future.succeededFuture(new Changed(before, Optional.empty()));
                    }
                    if (ConfigChange.isTooLarge(after)) {
                        throw ApiException.invalid("Config vars are limited to 64 KB per app.");
                    }
                    return configs.insert(client, app.id(), after)
                            .compose(config -> store.insert(
                                    client,
                                    new Draft(
                                            app.id(),
                                            request.caller().accountId(),
                                            change.description(),
                                            base.slugId(),
                                            config,
                                            null)))
                            .map(release -> new Changed(after, Optional.of(release)));
                });
    }

    private static ConfigChange change(JsonNode json) {
        Map<String, String> set = new TreeMap<>();
        List<String> removed = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            ConfigChange.problem(field.getKey()).ifPresent(problem -> {
                throw ApiException.invalid(problem);
            });
            if (field.getValue().isNull()) {
                removed.add(field.getKey());
            } else if (field.getValue().isTextual() && field.getValue().asText().indexOf('\0') < 0) {
                set.put(field.getKey(), field.getValue().asText());
            } else {
                throw ApiException.invalid(field.getKey() + ": its value must be a string, or null to remove it.");
            }
        }
        return new ConfigChange(set, removed);
    }
}
