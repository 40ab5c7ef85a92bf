package dev.celadon.gitreceiver.store;

import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** {@code git.pushes}: the pushes that build, their turns and their ends. */
public final class PushStore {
    private final Database database;
    private final String node;

    /** A push as it enters the queue of its app. */
    public record Push(
            UUID id,
            UUID appId,
            UUID accountId,
            String email,
            String ref,
            String oldSha,
            String newSha,
            String quarantine,
            String sourceUrl) {}

    /** How a push ended. */
    public enum End {
        BUILT,
        REJECTED,
        ABANDONED
    }

    public PushStore(Database database, String node) {
        this.database = database;
        this.node = node;
    }

    /** Queues the push; the lock makes tickets become visible in their order, so two pushes never both come first. */
    public Future<Void> enter(Push push) {
        String lock = "select pg_advisory_xact_lock(hashtextextended($1, 0))";
        String insert = """
                insert into git.pushes (id, app_id, account_id, email, ref, old_sha, new_sha, node, quarantine, source_url, status)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued')
                """;
        Tuple row = Tuple.of(push.id(), push.appId(), push.accountId(), push.email(), push.ref(), push.oldSha())
                .addString(push.newSha())
                .addString(node)
                .addString(push.quarantine())
                .addString(push.sourceUrl());
        return database.transaction(
                connection -> Database.list(connection, lock, Tuple.of("git " + push.appId()), locked -> true)
                        .compose(locked -> Database.execute(connection, insert, row))
                        .mapEmpty());
    }

    /** Lets the push wait for a compiler if no living push of its app came before it. */
    public Future<Boolean> takeTurn(UUID id) {
        String sql = """
                update git.pushes p set status = 'pending', seen_at = now()
                where id = $1 and status = 'queued' and not exists (
                    select 1 from git.pushes earlier
                    where earlier.app_id = p.app_id and earlier.ticket < p.ticket
                      and earlier.status in ('queued', 'pending')
                      and earlier.seen_at > now() - interval '20 s')
                """;
        return database.execute(sql, Tuple.of(id)).map(changed -> changed == 1);
    }

    public Future<Void> end(UUID id, End end) {
        String sql = """
                update git.pushes set status = $2, ended_at = now()
                where id = $1 and status in ('queued', 'pending')
                """;
        return database.execute(sql, Tuple.of(id, end.name().toLowerCase(java.util.Locale.ROOT)))
                .mapEmpty();
    }

    /** Says that this node's pushes live. */
    public Future<Void> beat() {
        String sql = "update git.pushes set seen_at = now() where node = $1 and status in ('queued', 'pending')";
        return database.execute(sql, Tuple.of(node)).mapEmpty();
    }

    /** Gives up what this node left behind when it died; the ids of the pushes a compiler may know. */
    public Future<List<UUID>> abandonOwn() {
        String sql = """
                update git.pushes set status = 'abandoned', ended_at = now()
                where node = $1 and status in ('queued', 'pending') returning id
                """;
        return database.list(sql, Tuple.of(node), row -> row.getUUID("id"));
    }

    /** Gives up the pushes of nodes that died and did not come back. */
    public Future<Integer> abandonSilent() {
        String sql = """
                update git.pushes set status = 'abandoned', ended_at = now()
                where status in ('queued', 'pending') and seen_at < now() - interval '2 minutes'
                """;
        return database.execute(sql, Tuple.tuple());
    }

    /** The commit of a push that waits for its build on this node. */
    public Future<Optional<Source>> source(UUID id) {
        String sql = "select app_id, new_sha from git.pushes where id = $1 and node = $2 and status = 'pending'";
        return database.first(
                sql, Tuple.of(id, node), row -> new Source(row.getUUID("app_id"), row.getString("new_sha")));
    }

    /** What a compiler fetches. */
    public record Source(UUID appId, String commit) {}
}
