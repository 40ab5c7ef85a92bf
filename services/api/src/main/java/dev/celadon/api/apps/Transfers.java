package dev.celadon.api.apps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.accounts.Accounts;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/** {@code /account/app-transfers}: an owner offers an app, the recipient accepts or declines. */
public final class Transfers {
    private static final String SELECT = """
            select t.id, t.app_id, p.name as app_name, t.state, t.owner_id, o.email as owner_email, t.recipient_id,
                   r.email as recipient_email, t.created_at, t.updated_at
            from api.app_transfers t join api.apps p on p.id = t.app_id
            join api.accounts o on o.id = t.owner_id join api.accounts r on r.id = t.recipient_id
            where (t.owner_id = $1 or t.recipient_id = $1)
            """;

    private final Apps apps;
    private final Accounts accounts;
    private final Database database;

    public Transfers(Apps apps, Accounts accounts, Database database) {
        this.apps = apps;
        this.accounts = accounts;
        this.database = database;
    }

    public void mount(Endpoints endpoints) {
        String one = "/account/app-transfers/:transfer";
        endpoints.add(HttpMethod.POST, "/account/app-transfers", this::offer);
        endpoints.add(
                HttpMethod.GET,
                "/account/app-transfers",
                request -> database.list(
                                SELECT + " order by t.created_at",
                                Tuple.of(request.caller().accountId()),
                                Transfers::json)
                        .map(found -> Answer.list(found, "id", "created_at")));
        endpoints.add(HttpMethod.GET, one, request -> find(request).map(Answer::ok));
        endpoints.add(HttpMethod.PATCH, one, this::decide);
        endpoints.add(HttpMethod.DELETE, one, this::withdraw);
    }

    private Future<Answer> offer(Request request) {
        String recipient = request.body().required("recipient");
        return apps.find(request, request.body().required("app"))
                .map(app -> {
                    Apps.requireOwner(request, app);
                    return app;
                })
                .compose(app -> accounts.byEmail(recipient)
                        .map(found -> found.orElseThrow(
                                () -> ApiException.invalid("There is no account " + recipient + " on this platform.")))
                        .compose(account -> insert(app, account.id())))
                .compose(id -> find(request, id))
                .map(Answer::created);
    }

    private Future<UUID> insert(App app, UUID recipient) {
        if (recipient.equals(app.ownerId())) {
            throw ApiException.invalid("The recipient owns " + app.name() + " already.");
        }
        return database.first(
                        "insert into api.app_transfers (app_id, owner_id, recipient_id) values ($1, $2, $3) returning id",
                        Tuple.of(app.id(), app.ownerId(), recipient),
                        row -> row.getUUID("id"))
                .recover(cause -> Future.failedFuture(
                        Database.isUniqueViolation(cause)
                                ? ApiException.invalid(app.name() + " is already offered to somebody.")
                                : cause))
                .map(id -> id.orElseThrow());
    }

    private Future<Answer> decide(Request request) {
        String state = request.body().required("state");
        if (!state.equals("accepted") && !state.equals("declined")) {
            throw ApiException.invalid("state: " + state + " (expected: accepted or declined)");
        }
        return find(request)
                .compose(found -> {
                    if (!found.get("recipient")
                            .get("id")
                            .asText()
                            .equals(request.caller().accountId().toString())) {
                        throw ApiException.forbidden("Only the recipient may accept or decline.");
                    }
                    UUID app = UUID.fromString(found.get("app").get("id").asText());
                    request.about(app);
                    return settle(request.id("transfer"), app, request.caller().accountId(), state);
                })
                .compose(done -> find(request))
                .map(Answer::ok);
    }

    /** State and owner change together; the former owner stays as a collaborator. */
    private Future<Integer> settle(UUID transfer, UUID app, UUID recipient, String state) {
        String settle = """
                update api.app_transfers set state = $2, updated_at = now() where id = $1 and state = 'pending'
                """;
        String former = """
                insert into api.collaborators (app_id, account_id) select id, owner_id from api.apps where id = $1
                on conflict do nothing
                """;
        return database.transaction(client -> Database.execute(client, settle, Tuple.of(transfer, state))
                .compose(changed -> {
                    if (changed == 0) {
                        return Future.failedFuture(ApiException.invalid("This transfer is settled already."));
                    }
                    if (state.equals("declined")) {
                        return Future.succeededFuture(changed);
                    }
                    return Database.execute(client, former, Tuple.of(app))
                            .compose(kept -> Database.execute(
                                    client,
                                    "delete from api.collaborators where app_id = $1 and account_id = $2",
                                    Tuple.of(app, recipient)))
                            .compose(left -> Database.execute(
                                    client,
                                    "update api.apps set owner_id = $2, updated_at = now() where id = $1",
                                    Tuple.of(app, recipient)));
                }));
    }

    private Future<Answer> withdraw(Request request) {
        return find(request)
                .compose(found -> database.execute(
                                "delete from api.app_transfers where id = $1 and owner_id = $2 and state = 'pending'",
                                Tuple.of(
                                        request.id("transfer"), request.caller().accountId()))
                        .map(changed -> {
                            if (changed == 0) {
                                throw ApiException.invalid(
                                        "Only its owner may withdraw a transfer that is not settled.");
                            }
                            return Answer.ok(found);
                        }));
    }

    private Future<ObjectNode> find(Request request) {
        return find(request, request.id("transfer"));
    }

    private Future<ObjectNode> find(Request request, UUID id) {
        return database.first(
                        SELECT + " and t.id = $2", Tuple.of(request.caller().accountId(), id), Transfers::json)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("app transfer")));
    }

    private static ObjectNode json(Row row) {
        ObjectNode json =
                Representation.object().put("id", row.getUUID("id").toString()).put("state", row.getString("state"));
        json.set("app", Representation.named(row.getUUID("app_id"), row.getString("app_name")));
        json.set("owner", Representation.user(row.getUUID("owner_id"), row.getString("owner_email")));
        json.set("recipient", Representation.user(row.getUUID("recipient_id"), row.getString("recipient_email")));
        json.put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
        return json.put("updated_at", Representation.time(row.getOffsetDateTime("updated_at")));
    }
}
