package dev.celadon.api.apps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.accounts.Accounts;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.contract.AccessEnded;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;

/**
 * {@code /apps/:app/collaborators}: who may do everything with an app but rename, transfer and delete it. The owner is
 * listed first. Access ends with the row: every request, push included, looks it up, and what it opened is closed.
 */
public final class Collaborators {
    private static final String SELECT = """
            select * from (
              select c.id, a.id as account_id, a.email, 'collaborator' as role, c.created_at, 1 as place
              from api.collaborators c join api.accounts a on a.id = c.account_id where c.app_id = $1
              union all
              select a.id, o.id, o.email, 'owner', a.created_at, 0
              from api.apps a join api.accounts o on o.id = a.owner_id where a.id = $1) listed
            """;

    private final Apps apps;
    private final Accounts accounts;
    private final Database database;
    private final Bus bus;

    public Collaborators(Apps apps, Accounts accounts, Database database, Bus bus) {
        this.apps = apps;
        this.accounts = accounts;
        this.database = database;
        this.bus = bus;
    }

    public void mount(Endpoints endpoints) {
        String one = "/apps/:app/collaborators/:collaborator";
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/collaborators",
                request -> apps.find(request)
                        .compose(app -> database.list(
                                SELECT + " order by place, email", Tuple.of(app.id()), row -> json(row, app)))
                        .map(found -> Answer.list(found, "id", "created_at")));
        endpoints.add(HttpMethod.POST, "/apps/:app/collaborators", this::add);
        endpoints.add(
                HttpMethod.GET,
                one,
                request -> apps.find(request).compose(app -> find(request, app)).map(Answer::ok));
        endpoints.add(HttpMethod.DELETE, one, this::remove);
    }

    private Future<Answer> add(Request request) {
        String user = request.body().required("user");
        return apps.find(request)
                .compose(app -> accounts.byEmail(user)
                        .compose(found -> found.isPresent()
                                ? Future.succeededFuture(found.get())
                                : accounts.find(user, request.caller())
                                        .recover(nobody -> Future.failedFuture(ApiException.invalid(
                                                "There is no account " + user + " on this platform."))))
                        .compose(account -> account.id().equals(app.ownerId())
                                ? Future.failedFuture(
                                        ApiException.invalid(account.email() + " owns " + app.name() + "."))
                                : database.execute(
                                                "insert into api.collaborators (app_id, account_id) values ($1, $2)",
                                                Tuple.of(app.id(), account.id()))
                                        .recover(cause -> Future.failedFuture(
                                                Database.isUniqueViolation(cause)
                                                        ? ApiException.invalid(
                                                                account.email() + " is already a collaborator.")
                                                        : cause))
                                        .compose(done -> find(app, account.email()))))
                .map(made -> Answer.created(made).change("api:collaborator", "create"));
    }

    /** By the owner, or by a collaborator who leaves. */
    private Future<Answer> remove(Request request) {
        return apps.find(request)
                .compose(app -> find(request, app).compose(found -> {
                    if (found.get("role").asText().equals("owner")) {
                        throw ApiException.invalid("The owner cannot be removed; transfer the app instead.");
                    }
                    String account = found.get("user").get("id").asText();
                    if (!account.equals(request.caller().accountId().toString())) {
                        Apps.requireOwner(request, app);
                    }
                    return database.execute(
                                    "delete from api.collaborators where app_id = $1 and account_id::text = $2",
                                    Tuple.of(app.id(), account))
                            .onSuccess(done -> bus.publish(Topic.ACCESS_ENDED, new AccessEnded()))
                            .map(done -> Answer.ok(found).change("api:collaborator", "destroy"));
                }));
    }

    private Future<ObjectNode> find(Request request, App app) {
        String asked = request.parameter("collaborator");
        return find(app, asked.equals("~") ? request.caller().email() : asked);
    }

    private Future<ObjectNode> find(App app, String emailOrId) {
        return database.first(
                        SELECT + " where lower(email) = lower($2) or id::text = $2 or account_id::text = $2",
                        Tuple.of(app.id(), emailOrId),
                        row -> json(row, app))
                .map(found -> found.orElseThrow(() -> ApiException.notFound("collaborator")));
    }

    private static ObjectNode json(Row row, App app) {
        ObjectNode json = Representation.object().put("id", row.getUUID("id").toString());
        json.set("app", Representation.named(app.id(), app.name()));
        json.set(
                "user",
                Representation.user(row.getUUID("account_id"), row.getString("email"))
                        .put("federated", false));
        json.put("role", row.getString("role")).putArray("permissions");
        String time = Representation.time(row.getOffsetDateTime("created_at"));
        return json.put("created_at", time).put("updated_at", time);
    }
}
