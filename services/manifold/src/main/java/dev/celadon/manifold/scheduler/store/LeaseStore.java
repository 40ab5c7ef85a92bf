package dev.celadon.manifold.scheduler.store;

import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;

/** Leadership as a row with the database's clock; each new holder gets a higher epoch, which fences the older. */
public final class LeaseStore {
    private final Database database;

    public LeaseStore(Database database) {
        this.database = database;
    }

    /** The epoch, when this holder leads now; a holder that asks again keeps its epoch. */
    public Future<Optional<Long>> acquire(String name, String holder, Duration length) {
        return database.first("""
                insert into manifold.leases (name, holder, epoch, expires_at)
                values ($1, $2, 1, now() + $3 * interval '1 ms')
                on conflict (name) do update set
                  holder = excluded.holder, expires_at = excluded.expires_at,
                  epoch = case when leases.holder = excluded.holder then leases.epoch else leases.epoch + 1 end
                where leases.holder = excluded.holder or leases.expires_at < now()
                returning epoch
                """, Tuple.of(name, holder, length.toMillis()), row -> row.getLong("epoch"));
    }

    public Future<Integer> release(String name, String holder) {
        return database.execute(
                "update manifold.leases set expires_at = now() where name = $1 and holder = $2",
                Tuple.of(name, holder));
    }
}
