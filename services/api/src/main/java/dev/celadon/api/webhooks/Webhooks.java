package dev.celadon.api.webhooks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.accounts.Secrets;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.WebhookRules;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Body;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /apps/:app/webhooks}: who is told of an app's changes. A new secret is shown once, in a header. */
public final class Webhooks {
    static final String PURPOSE = "webhook";

    private static final int MOST = 20;
    private static final String SECRET_HEADER = "Heroku-Webhook-Secret";

    private final Apps apps;
    private final Database database;
    private final SecretKeys keys;

    public Webhooks(Apps apps, Database database, SecretKeys keys) {
        this.apps = apps;
        this.database = database;
        this.keys = keys;
    }

    public void mount(Endpoints endpoints) {
        String one = "/apps/:app/webhooks/:webhook";
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/webhooks",
                request -> apps.find(request)
                        .compose(app -> database.list(
                                "select * from api.webhooks where app_id = $1 order by created_at",
                                Tuple.of(app.id()),
                                row -> json(row, app)))
                        .map(found -> Answer.list(found, "id", "created_at")));
        endpoints.add(HttpMethod.POST, "/apps/:app/webhooks", this::create);
        endpoints.add(
                HttpMethod.GET,
                one,
                request -> apps.find(request).compose(app -> find(request, app)).map(Answer::ok));
        endpoints.add(HttpMethod.PATCH, one, this::update);
        endpoints.add(
                HttpMethod.DELETE,
                one,
                request -> apps.find(request)
                        .compose(app -> find(request, app))
                        .compose(found -> database.execute(
                                        "delete from api.webhooks where id = $1", Tuple.of(request.id("webhook")))
                                .map(done -> Answer.ok(found))));
    }

    private Future<Answer> create(Request request) {
        List<String> include = include(request.body());
        String url = url(request.body().required("url"));
        String level = level(request.body().required("level"));
        String secret = request.body().text("secret").orElseGet(Secrets::fresh);
        Buffer authorization = sealed(request.body(), "authorization");
        return apps.find(request)
                .compose(app -> database.first(
                        """
                        insert into api.webhooks (app_id, include, level, url, secret_ciphertext, authorization_ciphertext)
                        select $1, $2, $3, $4, $5, $6 where (select count(*) from api.webhooks where app_id = $1) < $7
                        returning *
                        """,
                        Tuple.of(app.id(), include.toArray(String[]::new), level, url, seal(secret))
                                .addBuffer(authorization)
                                .addInteger(MOST),
                        row -> json(row, app)))
                .map(made -> Answer.created(made.orElseThrow(
                                () -> ApiException.invalid("An app has at most " + MOST + " webhooks.")))
                        .header(SECRET_HEADER, secret));
    }

    /** A secret is changed by giving one, or made anew where it is given as null. */
    private Future<Answer> update(Request request) {
        Body body = request.body();
        String[] include = body.has("include") ? include(body).toArray(String[]::new) : null;
        String url = body.text("url").map(Webhooks::url).orElse(null);
        String level = body.text("level").map(Webhooks::level).orElse(null);
        String secret = body.has("secret") ? body.text("secret").orElseGet(Secrets::fresh) : null;
        return apps.find(request)
                .compose(app -> find(request, app)
                        .compose(known -> database.first(
                                """
                        update api.webhooks set include = coalesce($2, include), url = coalesce($3, url),
                          level = coalesce($4, level), secret_ciphertext = coalesce($5, secret_ciphertext),
                          authorization_ciphertext = case when $6 then $7 else authorization_ciphertext end, updated_at = now()
                        where id = $1 returning *
                        """,
                                Tuple.of(
                                                request.id("webhook"),
                                                include,
                                                url,
                                                level,
                                                secret == null ? null : seal(secret))
                                        .addBoolean(body.has("authorization"))
                                        .addBuffer(sealed(body, "authorization")),
                                row -> json(row, app))))
                .map(changed -> Answer.ok(changed.orElseThrow(() -> ApiException.notFound("webhook"))))
                .map(answer -> secret == null ? answer : answer.header(SECRET_HEADER, secret));
    }

    private Future<ObjectNode> find(Request request, App app) {
        return database.first(
                        "select * from api.webhooks where app_id = $1 and id = $2",
                        Tuple.of(app.id(), request.id("webhook")),
                        row -> json(row, app))
                .map(found -> found.orElseThrow(() -> ApiException.notFound("webhook")));
    }

    private static List<String> include(Body body) {
        List<String> include = body.texts("include").orElse(List.of());
        WebhookRules.problem(include).ifPresent(problem -> {
            throw ApiException.invalid(problem);
        });
        return include;
    }

    private static String url(String url) {
        WebhookRules.urlProblem(url).ifPresent(problem -> {
            throw ApiException.invalid(problem);
        });
        return url;
    }

    private static String level(String level) {
        if (!level.equals("notify") && !level.equals("sync")) {
            throw ApiException.invalid("level: " + level + " (expected: notify or sync)");
        }
        return level;
    }

    private @Nullable Buffer sealed(Body body, String field) {
        return body.text(field).map(this::seal).orElse(null);
    }

    private Buffer seal(String secret) {
        return Buffer.buffer(keys.encrypt(PURPOSE, secret.getBytes(StandardCharsets.UTF_8)));
    }

    private static ObjectNode json(Row row, App app) {
        UUID id = row.getUUID("id");
        ObjectNode json = Representation.identified(id);
        json.set("app", Representation.named(app.id(), app.name()));
        for (String entity : row.getArrayOfStrings("include")) {
            json.withArray("include").add(entity);
        }
        json.put("level", row.getString("level")).put("url", row.getString("url"));
        json.put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
        return json.put("updated_at", Representation.time(row.getOffsetDateTime("updated_at")));
    }
}
