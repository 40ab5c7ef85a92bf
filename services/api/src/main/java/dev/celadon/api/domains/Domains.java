package dev.celadon.api.domains;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.Hostname;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Body;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code /apps/:app/domains}: the host names that route to an app, the platform's own first. A custom one belongs to one
 * app at most; it must point at its {@code cname}.
 */
public final class Domains {
    private static final String SELECT = """
            select * from (
              select a.id, a.name || '.' || p.domain as hostname, 'heroku' as kind, null::text as cname, null::uuid as sni_id,
                     null::text as sni_name, false as is_acm, false as is_ordered, null::text as failure,
                     a.created_at, a.updated_at
              from api.apps a cross join api.platform p where a.id = $1
              union all
              select d.id, d.hostname, 'custom', a.name || '.' || p.domain, s.id, s.name, coalesce(s.is_acm, false),
                     o.domain_id is not null, o.failure, d.created_at, d.updated_at
              from api.domains d join api.apps a on a.id = d.app_id cross join api.platform p
              left join api.sni_endpoints s on s.id = d.sni_endpoint_id
              left join api.certificate_orders o on o.domain_id = d.id where d.app_id = $1) listed
            """;

    private final Apps apps;
    private final Database database;
    private final CertificateStore certificates;
    private final AutomaticCertificates automatic;
    private final String platformDomain;

    public Domains(
            Apps apps,
            Database database,
            CertificateStore certificates,
            AutomaticCertificates automatic,
            String platformDomain) {
        this.apps = apps;
        this.database = database;
        this.certificates = certificates;
        this.automatic = automatic;
        this.platformDomain = platformDomain;
    }

    public void mount(Endpoints endpoints) {
        String one = "/apps/:app/domains/:domain";
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/domains",
                request -> apps.find(request)
                        .compose(app -> database.list(
                                SELECT + " order by kind desc, hostname", Tuple.of(app.id()), row -> json(row, app)))
                        .map(found -> Answer.list(found, "hostname", "id", "created_at")));
        endpoints.add(HttpMethod.POST, "/apps/:app/domains", this::add);
        endpoints.add(
                HttpMethod.GET,
                one,
                request -> apps.find(request)
                        .compose(app -> find(app, request.parameter("domain")))
                        .map(Answer::ok));
        endpoints.add(HttpMethod.PATCH, one, this::update);
        endpoints.add(HttpMethod.DELETE, one, this::remove);
    }

    private Future<Answer> add(Request request) {
        String hostname = Hostname.normalised(request.body().required("hostname"));
        Hostname.problem(hostname, platformDomain).ifPresent(problem -> {
            throw ApiException.invalid(problem);
        });
        return apps.find(request)
                .compose(app -> endpoint(app, request.body())
                        .compose(endpoint -> database.execute(
                                "insert into api.domains (app_id, hostname, sni_endpoint_id) values ($1, $2, $3)",
                                Tuple.of(app.id(), hostname, endpoint)))
                        .recover(cause -> Future.failedFuture(
                                Database.isUniqueViolation(cause)
                                        ? ApiException.invalid(
                                                hostname + " is currently in use by another app or this one.")
                                        : cause))
                        .compose(done -> followed(app))
                        .compose(done -> find(app, hostname)))
                .map(made -> Answer.created(made).change("api:domain", "create"));
    }

    private Future<Answer> update(Request request) {
        if (!request.body().has("sni_endpoint")) {
            throw ApiException.invalid("sni_endpoint: missing (expected: its name or id, or null)");
        }
        return apps.find(request)
                .compose(app -> custom(app, request)
                        .compose(found -> endpoint(app, request.body())
                                .compose(endpoint -> database.execute(
                                        "update api.domains set sni_endpoint_id = $2, updated_at = now() where id::text = $1",
                                        Tuple.of(found.get("id").asText(), endpoint))))
                        .compose(done -> followed(app))
                        .compose(done -> find(app, request.parameter("domain"))))
                .map(changed -> Answer.ok(changed).change("api:domain", "update"));
    }

    private Future<Answer> remove(Request request) {
        return apps.find(request)
                .compose(app -> custom(app, request)
                        .compose(found -> database.execute(
                                        "delete from api.domains where id::text = $1",
                                        Tuple.of(found.get("id").asText()))
                                .compose(done -> followed(app))
                                .map(done -> Answer.ok(found).change("api:domain", "destroy"))));
    }

    /** What depends on the app's domains: routes, and automatic certificates. */
    private Future<Void> followed(App app) {
        return automatic.follow(app).onSuccess(done -> apps.changed(app.id()));
    }

    private Future<@Nullable UUID> endpoint(App app, Body body) {
        return body.text("sni_endpoint")
                .map(nameOrId -> certificates
                        .find(app, nameOrId)
                        .<@Nullable UUID>map(
                                found -> UUID.fromString(found.get("id").asText())))
                .orElseGet(() -> Future.succeededFuture(null));
    }

    private Future<ObjectNode> custom(App app, Request request) {
        return find(app, request.parameter("domain")).map(found -> {
            if (!found.get("kind").asText().equals("custom")) {
                throw ApiException.invalid(found.get("hostname").asText() + " is the app's own host name and stays.");
            }
            return found;
        });
    }

    private Future<ObjectNode> find(App app, String hostnameOrId) {
        return database.first(
                        SELECT + " where hostname = $2 or id::text = $3",
                        Tuple.of(app.id(), Hostname.normalised(hostnameOrId), hostnameOrId),
                        row -> json(row, app))
                .map(found -> found.orElseThrow(() -> ApiException.notFound("domain")));
    }

    private static @Nullable String acmStatus(Row row) {
        if (!row.getBoolean("is_ordered")) {
            return null;
        }
        return row.getBoolean("is_acm") ? "cert issued" : row.getString("failure") == null ? "in-progress" : "failing";
    }

    private static ObjectNode json(Row row, App app) {
        boolean isCustom = row.getString("kind").equals("custom");
        ObjectNode json = Representation.identified(row.getUUID("id"))
                .put("hostname", row.getString("hostname"))
                .put("kind", row.getString("kind"))
                .put("cname", row.getString("cname"))
                .put("status", isCustom ? "succeeded" : "none");
        json.put("acm_status", acmStatus(row)).put("acm_status_reason", row.getString("failure"));
        json.set("app", Representation.named(app.id(), app.name()));
        UUID endpoint = row.getUUID("sni_id");
        json.set("sni_endpoint", endpoint == null ? null : Representation.named(endpoint, row.getString("sni_name")));
        json.put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
        return json.put("updated_at", Representation.time(row.getOffsetDateTime("updated_at")));
    }
}
