package dev.celadon.manifold.scheduler.store;

import dev.celadon.contract.DynoReport;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.NodeHeartbeat;
import dev.celadon.contract.StartDyno;
import dev.celadon.manifold.scheduler.domain.CrashPolicy.Crashes;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Dynos as they are, the nodes they are on, their crashes. */
public final class DynoStore {
    private final Database database;

    public DynoStore(Database database) {
        this.database = database;
    }

    /** A living node and what it can carry besides its one-off dynos. */
    public record Node(String id, String zone, int capacityMb) {}

    public Future<List<Dyno>> all() {
        return database.list("select * from manifold.dynos order by app_id, name", Tuple.tuple(), DynoStore::dyno);
    }

    public Future<List<Node>> livingNodes(long silentMillis) {
        return database.list(
                """
                select id, zone, capacity_mb - coalesce((select sum(memory_mb) from manifold.one_offs o
                  where o.node_id = n.id and o.ended_at is null), 0)::int as capacity_mb
                from manifold.nodes n where seen_at > now() - $1 * interval '1 ms'
                """,
                Tuple.of(silentMillis),
                row -> new Node(row.getString("id"), row.getString("zone"), row.getInteger("capacity_mb")));
    }

    /** The app's own uid on every host; given once. */
    public Future<Integer> hostUid(UUID app) {
        return database.first("""
                        insert into manifold.app_uids (app_id) values ($1)
                        on conflict (app_id) do update set app_id = excluded.app_id returning host_uid
                        """, Tuple.of(app), row -> row.getInteger("host_uid"))
                .map(Optional::orElseThrow);
    }

    public Future<Integer> order(StartDyno start, String nodeId) {
        return database.execute(
                """
                insert into manifold.dynos (id, app_id, name, release_version, node_id, memory_mb, command)
                values ($1, $2, $3, $4, $5, $6, $7)
                """,
                Tuple.of(
                        start.dynoId(),
                        start.appId(),
                        start.name(),
                        start.releaseVersion(),
                        nodeId,
                        start.memoryMb(),
                        start.command()));
    }

    public Future<Integer> delete(UUID id) {
        return database.execute("delete from manifold.dynos where id = $1", Tuple.of(id));
    }

    /** A new dyno of the name takes the place of crashed ones. */
    public Future<Integer> deleteCrashed(UUID app, String name) {
        return database.execute(
                "delete from manifold.dynos where app_id = $1 and name = $2 and state = 'crashed'",
                Tuple.of(app, name));
    }

    public Future<Integer> retire(List<UUID> ids, long revision) {
        return database.execute(
                "update manifold.dynos set retired_revision = $2, retired_at = now() where id = any($1) and retired_at is null",
                Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)).addLong(revision));
    }

    /** Those that serve are to be replaced; crashes are forgotten. */
    public Future<Integer> replace(UUID app, @Nullable String target) {
        String match = " where app_id = $1 and ($2::text is null or name = $2 or split_part(name, '.', 1) = $2)";
        return database.execute("delete from manifold.crashes" + match, Tuple.of(app, target))
                .compose(forgotten -> database.execute(
                        "update manifold.dynos set is_replaced = true" + match
                                + " and state not in ('down', 'crashed')",
                        Tuple.of(app, target)));
    }

    public Future<Map<String, Crashes>> crashes() {
        return database.list("select * from manifold.crashes", Tuple.tuple(), row -> row)
                .map(rows -> rows.stream()
                        .collect(Collectors.toMap(
                                row -> key(
                                        row.getUUID("app_id"),
                                        row.getString("name"),
                                        row.getInteger("release_version")),
                                row -> new Crashes(
                                        row.getInteger("count"),
                                        row.getOffsetDateTime("last_at").toInstant()))));
    }

    public Future<Integer> remember(Dyno dyno, Crashes crashes) {
        return database.execute(
                """
                insert into manifold.crashes (app_id, name, release_version, count, last_at) values ($1, $2, $3, $4, $5)
                on conflict (app_id, name) do update set release_version = excluded.release_version,
                  count = excluded.count, last_at = excluded.last_at
                """, Tuple.of(dyno.appId(), dyno.name(), dyno.version(), crashes.count(), utc(crashes.lastAt())));
    }

    public static String key(UUID app, String name, int version) {
        return app + "/" + name + "/" + version;
    }

    /** What a node says becomes the truth about its dynos; answers with the reports that changed a state. */
    public Future<List<DynoReport>> apply(NodeHeartbeat beat) {
        return database.transaction(client -> Database.execute(
                        client, """
                        insert into manifold.nodes (id, zone, capacity_mb, seen_at) values ($1, $2, $3, now())
                        on conflict (id) do update set zone = excluded.zone, capacity_mb = excluded.capacity_mb, seen_at = now()
                        """, Tuple.of(beat.nodeId(), beat.zone(), beat.capacityMb()))
                .compose(seen -> Database.execute(
                        client,
                        // One that was just ordered may not be in the inventory yet.
                        """
                        delete from manifold.dynos where node_id = $1 and not (id = any($2)) and state <> 'crashed'
                          and created_at < now() - interval '15 s'
                        """,
                        Tuple.tuple()
                                .addString(beat.nodeId())
                                .addArrayOfUUID(beat.dynos().stream()
                                        .map(DynoReport::dynoId)
                                        .toArray(UUID[]::new))))
                .compose(lost -> {
                    Future<List<DynoReport>> changed = Future.succeededFuture(new java.util.ArrayList<>());
                    for (DynoReport report : beat.dynos()) {
                        changed =
                                changed.compose(before -> update(client, report).map(count -> {
                                    if (count > 0) {
                                        before.add(report);
                                    }
                                    return before;
                                }));
                    }
                    return changed;
                }));
    }

    /** The dynos of the inventory that nobody knows: orphans to be stopped. */
    public Future<List<UUID>> unknown(NodeHeartbeat beat) {
        UUID[] ids = beat.dynos().stream()
                .filter(report -> !report.state().isFinal())
                .map(DynoReport::dynoId)
                .toArray(UUID[]::new);
        return database.list(
                "select id from unnest($1::uuid[]) id where not exists (select 1 from manifold.dynos d where d.id = id.id)",
                Tuple.tuple().addArrayOfUUID(ids),
                row -> row.getUUID("id"));
    }

    private static Future<Integer> update(SqlConnection client, DynoReport report) {
        if (report.state() == DynoState.DOWN) {
            return Database.execute(client, "delete from manifold.dynos where id = $1", Tuple.of(report.dynoId()));
        }
        return Database.execute(
                client,
                """
                update manifold.dynos set state = $2, address = $3, port = $4, since = $5, exit_status = $6, cause = $7,
                  was_up = was_up or $2 = 'up'
                where id = $1 and (state, coalesce(address, ''), port) is distinct from ($2, coalesce($3, ''), $4)
                  and state <> 'crashed'
                """,
                Tuple.of(
                        report.dynoId(),
                        report.state().word(),
                        report.address(),
                        report.port(),
                        utc(report.since()),
                        report.exitStatus(),
                        report.cause()));
    }

    private static OffsetDateTime utc(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }

    private static Dyno dyno(Row row) {
        OffsetDateTime retired = row.getOffsetDateTime("retired_at");
        return new Dyno(
                row.getUUID("id"),
                row.getUUID("app_id"),
                row.getString("name"),
                row.getInteger("release_version"),
                row.getString("node_id"),
                row.getInteger("memory_mb"),
                DynoState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getString("address"),
                row.getInteger("port"),
                row.getOffsetDateTime("since").toInstant(),
                row.getString("cause"),
                row.getInteger("exit_status"),
                row.getBoolean("was_up"),
                row.getBoolean("is_replaced"),
                row.getLong("retired_revision"),
                retired == null ? null : retired.toInstant(),
                row.getOffsetDateTime("created_at").toInstant());
    }
}
