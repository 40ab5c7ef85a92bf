package dev.celadon.manifold.scheduler.store;

import dev.celadon.manifold.scheduler.domain.Rollout;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** How far each app's newest release got: what pushes wait for and the api acts on. */
public final class RolloutStore {
    private final Database database;

    public RolloutStore(Database database) {
        this.database = database;
    }

    public Future<Map<UUID, Rollout>> all() {
        return database.list("""
                        select app_id, release_version, state, live_version, previous_version, live_at
                        from manifold.rollouts
                        """, Tuple.tuple(), row -> row).map(rows -> {
            Map<UUID, Rollout> rollouts = new HashMap<>();
            rows.forEach(row -> {
                OffsetDateTime live = row.getOffsetDateTime("live_at");
                rollouts.put(
                        row.getUUID("app_id"),
                        new Rollout(
                                row.getInteger("release_version"),
                                Rollout.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                                row.getInteger("live_version"),
                                row.getInteger("previous_version"),
                                live == null ? null : live.toInstant()));
            });
            return rollouts;
        });
    }

    public Future<Integer> enter(UUID app, int version, Rollout.State state, String reason) {
        return database.execute("""
                insert into manifold.rollouts (app_id, release_version, state, reason) values ($1, $2, $3, $4)
                on conflict (app_id) do update set release_version = excluded.release_version, state = excluded.state,
                  reason = excluded.reason
                """, Tuple.of(app, version, state.word(), reason));
    }

    public Future<Integer> goLive(UUID app, int version) {
        return database.execute("""
                insert into manifold.rollouts as r (app_id, release_version, state, reason, live_version, live_at)
                values ($1, $2, 'live', '', $2, now())
                on conflict (app_id) do update set release_version = excluded.release_version, state = 'live', reason = '',
                  previous_version = case when r.live_version = excluded.live_version then r.previous_version
                                     else r.live_version end,
                  live_version = excluded.live_version, live_at = excluded.live_at
                """, Tuple.of(app, version));
    }
}
