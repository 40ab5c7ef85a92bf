package dev.celadon.api.releases;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.BuildpackUrl;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Body;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** {@code /apps/:app/buildpack-installations}: the buildpacks of the next build, in order; none lets the build detect. */
public final class Buildpacks {
    private static final int MOST = 20;

    private final Apps apps;
    private final Database database;

    public Buildpacks(Apps apps, Database database) {
        this.apps = apps;
        this.database = database;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/buildpack-installations",
                request -> apps.find(request).compose(this::list));
        endpoints.add(HttpMethod.PUT, "/apps/:app/buildpack-installations", this::replace);
        // The registry that command lines look names up in: the built-in ones.
        endpoints.open(HttpMethod.GET, "/buildpacks/:buildpack", Buildpacks::registered);
    }

    private Future<Answer> replace(Request request) {
        List<String> urls = request.body().objects("updates").stream()
                .map(update -> checked(update))
                .toList();
        if (urls.size() > MOST || new LinkedHashSet<>(urls).size() < urls.size()) {
            throw ApiException.invalid(
                    "updates: " + urls.size() + " buildpacks (expected: up to " + MOST + " different ones)");
        }
        return apps.find(request)
                .compose(app -> database.transaction(client -> Database.execute(
                                        client, "delete from api.buildpacks where app_id = $1", Tuple.of(app.id()))
                                .compose(gone -> Database.execute(
                                        client, """
                                        insert into api.buildpacks (app_id, ordinal, url)
                                        select $1, place - 1, url from unnest($2::text[]) with ordinality as listed (url, place)
                                        """, Tuple.of(app.id()).addArrayOfString(urls.toArray(String[]::new)))))
                        .compose(done -> list(app)));
    }

    private static String checked(Body update) {
        String url = update.required("buildpack");
        BuildpackUrl.problem(url).ifPresent(problem -> {
            throw ApiException.invalid(problem);
        });
        return BuildpackUrl.withoutUrn(url);
    }

    private Future<Answer> list(App app) {
        return database.list(
                        "select ordinal, url from api.buildpacks where app_id = $1 order by ordinal",
                        Tuple.of(app.id()),
                        row -> {
                            ObjectNode json = Representation.object().put("ordinal", row.getInteger("ordinal"));
                            String url = row.getString("url");
                            json.putObject("buildpack")
                                    .put("url", BuildpackUrl.BUILT_IN.contains(url) ? "urn:buildpack:" + url : url)
                                    .put("name", url);
                            return json;
                        })
                .map(found -> Answer.list(new ArrayList<>(found), "ordinal"));
    }

    private static Future<Answer> registered(Request request) {
        String name = request.parameter("buildpack");
        if (!BuildpackUrl.BUILT_IN.contains(name)) {
            throw ApiException.notFound("buildpack");
        }
        String[] parts = name.split("/");
        ObjectNode json = Representation.identified(Representation.idOf("buildpack " + name));
        json.put("namespace", parts[0]).put("name", parts[1]).put("blob_url", "urn:buildpack:" + name);
        json.put("category", "languages").put("description", "Built-in buildpack " + name);
        json.putObject("support").put("method", "built-in").putNull("address");
        json.putObject("source").put("type", "built-in").put("owner", parts[0]).put("repo", parts[1]);
        return Future.succeededFuture(Answer.ok(json));
    }
}
