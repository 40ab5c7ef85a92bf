package dev.celadon.api.audit;

import dev.celadon.api.http.Answer;
import dev.celadon.api.http.Caller;
import dev.celadon.api.http.Request;
import dev.celadon.api.webhooks.Events;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A change and what is told of it: the audit trail and the app's webhooks. */
public final class Changes {
    private final Database database;
    private final Audit audit;
    private final Events events;

    public Changes(Database database, Audit audit, Events events) {
        this.database = database;
        this.audit = audit;
        this.events = events;
    }

    /** Makes the change and tells of it in one transaction. */
    public <T> Future<T> commit(
            Request request, Function<SqlClient, Future<T>> change, Function<T, List<Answer.Change>> told) {
        return database.transaction(client -> change.apply(client)
                        .compose(made -> tell(client, request, told.apply(made)).map(made)))
                .onSuccess(committed -> request.told());
    }

    /** Tells of a change that was made. */
    public Future<Void> tell(Request request, List<Answer.Change> parts) {
        return database.transaction(client -> tell(client, request, parts));
    }

    /** Sent one behind the other without waiting: in the order in which webhooks hear of them. */
    private Future<Void> tell(SqlClient client, Request request, List<Answer.Change> parts) {
        Caller caller = request.caller();
        List<Future<?>> told = new ArrayList<>();
        told.add(audit.record(client, request));
        request.app()
                .ifPresent(app -> parts.forEach(part -> told.add(events.emit(
                        client, app, part.entity(), part.action(), part.data(), caller.accountId(), caller.email()))));
        return Future.join(told).mapEmpty();
    }
}
