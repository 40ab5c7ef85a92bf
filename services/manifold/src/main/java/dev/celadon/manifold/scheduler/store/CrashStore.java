package dev.celadon.manifold.scheduler.store;

import dev.celadon.manifold.scheduler.domain.CrashPolicy.Crashes;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** How often dynos crashed, by name and release: kept, so that neither a restart nor another leader forgets it. */
public final class CrashStore {
    private final Database database;

    public CrashStore(Database database) {
        this.database = database;
    }

    /** One dyno name under one release. */
    public record Key(UUID appId, int version, String name) {
        public static Key of(Dyno dyno) {
            return new Key(dyno.appId(), dyno.version(), dyno.name());
        }
    }

    public Future<Map<Key, Crashes>> all() {
        return database.list(
                        "select app_id, release_version, name, count, last_at from manifold.crashes",
                        Tuple.tuple(),
                        row -> row)
                .map(rows -> {
                    Map<Key, Crashes> crashes = new HashMap<>();
                    rows.forEach(row -> crashes.put(
                            new Key(row.getUUID("app_id"), row.getInteger("release_version"), row.getString("name")),
                            new Crashes(
                                    row.getInteger("count"),
                                    row.getOffsetDateTime("last_at").toInstant())));
                    return crashes;
                });
    }

    /** Unless a restart by hand has just forgotten the dyno and its crashes. */
    public Future<Integer> remember(Dyno dyno, Crashes crashes) {
        return database.execute(
                """
                with dyno as (select id from manifold.dynos where id = $6 and state = 'crashed' for update)
                insert into manifold.crashes (app_id, name, release_version, count, last_at)
                select $1, $2, $3, $4, $5 from dyno
                on conflict (app_id, name, release_version) do update
                set count = excluded.count, last_at = excluded.last_at where crashes.last_at < excluded.last_at
                """,
                Tuple.of(
                        dyno.appId(),
                        dyno.name(),
                        dyno.version(),
                        crashes.count(),
                        crashes.lastAt().atOffset(ZoneOffset.UTC),
                        dyno.id()));
    }

    /** Of releases that neither serve nor roll out any more. */
    public Future<Integer> forgetPast() {
        return database.execute("""
                delete from manifold.crashes c using manifold.rollouts r
                where r.app_id = c.app_id and c.release_version <> r.release_version
                  and c.release_version is distinct from r.live_version and c.release_version < r.release_version
                """, Tuple.tuple());
    }
}
