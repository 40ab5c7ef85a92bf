package dev.celadon.api.pipelines;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.accounts.Accounts;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/** {@code /pipeline-transfers}: a pipeline becomes another's, with those of its apps that its owner owns. */
public final class PipelineTransfers {
    private final Pipelines pipelines;
    private final Accounts accounts;
    private final Apps apps;
    private final Database database;

    public PipelineTransfers(Pipelines pipelines, Accounts accounts, Apps apps, Database database) {
        this.pipelines = pipelines;
        this.accounts = accounts;
        this.apps = apps;
        this.database = database;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.POST, "/pipeline-transfers", this::create);
    }

    private Future<Answer> create(Request request) {
        String pipeline = request.body().object("pipeline").required("id");
        String recipient = request.body().object("new_owner").required("id");
        UUID former = request.caller().accountId();
        return pipelines
                .owned(request, pipeline)
                .compose(found -> accounts.get(Request.idOf(recipient)
                                .orElseThrow(() -> ApiException.invalid("new_owner.id: no account's id")))
                        .compose(account -> move(Pipelines.id(found), former, account.id())
                                .map(done -> Answer.created(json(Pipelines.id(found), former, account.id())))));
    }

    /** All or nothing; the former owner stays as a collaborator of the apps. */
    private Future<Void> move(UUID pipeline, UUID former, UUID recipient) {
        return database.transaction(client -> Database.execute(
                                client,
                                "update api.pipelines set owner_id = $2, updated_at = now() where id = $1",
                                Tuple.of(pipeline, recipient))
                        .compose(moved -> Database.list(
                                client, """
                                update api.apps a set owner_id = $3, updated_at = now() from api.pipeline_couplings c
                                where c.app_id = a.id and c.pipeline_id = $1 and a.owner_id = $2 returning a.id
                                """, Tuple.of(pipeline, former, recipient), row -> row.getUUID("id")))
                        .compose(
                                moved -> share(client, moved, former, recipient).map(moved)))
                .onSuccess(moved -> moved.forEach(apps::changed))
                .mapEmpty();
    }

    private static Future<Integer> share(SqlClient client, List<UUID> moved, UUID former, UUID recipient) {
        UUID[] ids = moved.toArray(UUID[]::new);
        return Database.execute(
                        client,
                        "delete from api.collaborators where app_id = any($1) and account_id = $2",
                        Tuple.tuple().addArrayOfUUID(ids).addUUID(recipient))
                .compose(cleared -> Database.execute(
                        client,
                        "insert into api.collaborators (app_id, account_id) select unnest($1::uuid[]), $2 on conflict do nothing",
                        Tuple.tuple().addArrayOfUUID(ids).addUUID(former)));
    }

    private static ObjectNode json(UUID pipeline, UUID former, UUID recipient) {
        ObjectNode json = Representation.object();
        json.putObject("pipeline").put("id", pipeline.toString());
        json.putObject("previous_owner").put("id", former.toString()).put("type", "user");
        json.putObject("new_owner").put("id", recipient.toString()).put("type", "user");
        return json;
    }
}
