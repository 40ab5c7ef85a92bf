package dev.celadon.manifold.scheduler.store;

import dev.celadon.manifold.scheduler.domain.Placement;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Nodes by their heartbeats. */
public final class NodeStore {
    private final Database database;

    public NodeStore(Database database) {
        this.database = database;
    }

    /**
     * @param node with what it can carry besides its one-off dynos
     * @param word when it last sent a heartbeat, by the database's clock
     * @param isHeard whether that was lately enough to give it work
     */
    public record Seen(Placement.Node node, Instant word, boolean isHeard) {}

    public Future<List<Seen>> all(Duration loss) {
        return database.list(
                """
                select id, zone, seen_at, seen_at > now() - $1 * interval '1 ms' as is_heard,
                  capacity_mb - coalesce((select sum(memory_mb) from manifold.one_offs o
                                          where o.node_id = n.id and o.ended_at is null), 0)::int as capacity_mb
                from manifold.nodes n
                """,
                Tuple.of(loss.toMillis()),
                row -> new Seen(
                        new Placement.Node(row.getString("id"), row.getString("zone"), row.getInteger("capacity_mb")),
                        row.getOffsetDateTime("seen_at").toInstant(),
                        row.getBoolean("is_heard")));
    }

    /** Nodes that nobody heard of for a day and that have nothing: they will not be waited for. */
    public Future<Integer> forgetGone() {
        return database.execute("""
                delete from manifold.nodes n where seen_at < now() - interval '1 day'
                  and not exists (select 1 from manifold.dynos d where d.node_id = n.id)
                """, Tuple.tuple());
    }
}
