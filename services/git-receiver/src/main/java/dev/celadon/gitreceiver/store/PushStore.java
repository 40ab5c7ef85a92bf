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
                      and earlier.status in ('queued', 'pending', 'unattended')
                      and earlier.seen_at > now() - interval '20 s')
                """;
        return database.execute(sql, Tuple.of(id)).map(changed -> changed == 1);
    }

    public Future<Void> end(UUID id, End end) {
        String sql = """
                update git.pushes set status = $2, ended_at = now()
                where id = $1 and status in ('queued', 'pending', 'unattended')
                """;
        return database.execute(sql, Tuple.of(id, end.name().toLowerCase(java.util.Locale.ROOT)))
                .mapEmpty();
    }

    /** Says that this node's pushes live. */
    public Future<Void> beat() {
        String sql = """
                update git.pushes set seen_at = now()
                where node = $1 and status in ('queued', 'pending', 'unattended')
                """;
        return database.execute(sql, Tuple.of(node)).mapEmpty();
    }

    /** Nobody attends the push any more, but a compiler may have it. */
    public Future<Void> leave(UUID id) {
        String sql =
                "update git.pushes set status = 'unattended', left_at = now() where id = $1 and status = 'pending'";
        return database.execute(sql, Tuple.of(id)).mapEmpty();
    }

    /** Leaves what this node attended when it died; the ids of the pushes that a compiler may have. */
    public Future<List<UUID>> leaveOwn() {
        String abandon = """
                update git.pushes set status = 'abandoned', ended_at = now() where node = $1 and status = 'queued'
                """;
        String leave = """
                update git.pushes set status = 'unattended', left_at = coalesce(left_at, now()), seen_at = now()
                where node = $1 and status in ('pending', 'unattended') returning id
                """;
        return database.execute(abandon, Tuple.of(node))
                .compose(abandoned -> database.list(leave, Tuple.of(node), row -> row.getUUID("id")));
    }

    /** Leaves the pushes of nodes that died and did not come back; only they have the objects of built ones. */
    public Future<Integer> leaveSilent() {
        String sql = """
                update git.pushes
                set status = case status when 'queued' then 'abandoned' else 'unattended' end,
                    ended_at = case status when 'queued' then now() end,
                    left_at = now()
                where status in ('queued', 'pending') and seen_at < now() - interval '2 minutes'
                """;
        return database.execute(sql, Tuple.tuple());
    }

    /** Those of this node. */
    public Future<List<Left>> unattended() {
        String sql = """
                select id, app_id, ref, old_sha, new_sha, left_at < now() - interval '5 s' as is_long_left
                from git.pushes where node = $1 and status = 'unattended' order by ticket
                """;
        return database.list(
                sql,
                Tuple.of(node),
                row -> new Left(
                        row.getUUID("id"),
                        row.getUUID("app_id"),
                        row.getString("ref"),
                        row.getString("old_sha"),
                        row.getString("new_sha"),
                        row.getBoolean("is_long_left")));
    }

    /** The commit of a push that waits for its build on this node. */
    public Future<Optional<Source>> source(UUID id) {
        String sql = "select app_id, new_sha from git.pushes where id = $1 and node = $2 and status = 'pending'";
        return database.first(
                sql, Tuple.of(id, node), row -> new Source(row.getUUID("app_id"), row.getString("new_sha")));
    }

    /** What a compiler fetches. */
    public record Source(UUID appId, String commit) {}

    /**
     * A push that nobody attends.
     *
     * @param isLongLeft so long that no compiler can be about to take it
     */
    public record Left(UUID id, UUID appId, String ref, String oldSha, String newSha, boolean isLongLeft) {}
}
