package dev.celadon.manifold.scheduler.store;

import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Leadership as a row with the database's clock; each new holder gets a higher epoch, which fences the older. */
public final class LeaseStore {
    private final Database database;

    public LeaseStore(Database database) {
        this.database = database;
    }

    /**
     * The epoch, when this holder leads now. One that asks again keeps its epoch; a new process under the same name
     * takes over at once, with a higher one.
     */
    public Future<Optional<Long>> acquire(String name, String holder, UUID incarnation, Duration length) {
        return database.first("""
                insert into manifold.leases (name, holder, incarnation, epoch, expires_at)
                values ($1, $2, $3, 1, now() + $4 * interval '1 ms')
                on conflict (name) do update set
                  holder = excluded.holder, incarnation = excluded.incarnation, expires_at = excluded.expires_at,
                  epoch = case when leases.holder = excluded.holder and leases.incarnation = excluded.incarnation
                          then leases.epoch else leases.epoch + 1 end
                where leases.holder = excluded.holder or leases.expires_at < now()
                returning epoch
                """, Tuple.of(name, holder, incarnation, length.toMillis()), row -> row.getLong("epoch"));
    }

    public Future<Integer> release(String name, UUID incarnation) {
        return database.execute(
                "update manifold.leases set expires_at = now() where name = $1 and incarnation = $2",
                Tuple.of(name, incarnation));
    }

    /** Inside a transaction: fails when another leads by now, and keeps it from leading until the transaction ends. */
    static Future<Void> hold(SqlClient client, String name, long epoch) {
        return Database.first(
                        client,
                        "select epoch from manifold.leases where name = $1 for share",
                        Tuple.of(name),
                        row -> row.getLong("epoch"))
                .compose(found -> found.filter(newest -> newest == epoch).isPresent()
                        ? Future.succeededFuture()
                        : Future.failedFuture("epoch " + epoch + " leads no more"));
    }
}
