package dev.celadon.manifold.scheduler.store;

import dev.celadon.contract.DynoReport;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.NodeHeartbeat;
import dev.celadon.contract.RestartDynos;
import dev.celadon.contract.StartDyno;
import dev.celadon.manifold.scheduler.domain.Dyno;
import dev.celadon.manifold.scheduler.domain.Wanted;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Dynos as they are, and those that wait for room. */
public final class DynoStore {
    /** The lease whose holder alone orders. */
    public static final String SCHEDULER = "scheduler";

    private final Database database;

    public DynoStore(Database database) {
        this.database = database;
    }

    /** A dyno that waits for room. */
    public record Unplaced(UUID id, UUID appId, String name, int version) {}

    public Future<List<Dyno>> all() {
        return database.list("select * from manifold.dynos order by app_id, name", Tuple.tuple(), DynoStore::dyno);
    }

    public Future<Optional<Dyno>> find(UUID id) {
        return database.first("select * from manifold.dynos where id = $1", Tuple.of(id), DynoStore::dyno);
    }

    /** The app's own uid on every host; given once. */
    public Future<Integer> hostUid(UUID app) {
        return database.first("""
                        insert into manifold.app_uids (app_id) values ($1)
                        on conflict (app_id) do update set app_id = excluded.app_id returning host_uid
                        """, Tuple.of(app), row -> row.getInteger("host_uid"))
                .map(Optional::orElseThrow);
    }

    /**
     * The order as a row, before it is sent; in its place goes what crashed under that name and release before. Fails
     * when this leader leads no more.
     */
    public Future<Void> order(StartDyno start, String nodeId) {
        return database.transaction(client -> LeaseStore.hold(client, SCHEDULER, start.epoch())
                .compose(held ->
                        Database.execute(client, """
                        delete from manifold.dynos
                        where app_id = $1 and name = $2 and release_version = $3 and state = 'crashed'
                        """, Tuple.of(start.appId(), start.name(), start.releaseVersion())))
                .compose(gone -> Database.execute(
                        client,
                        "delete from manifold.unplaced where app_id = $1 and name = $2 and release_version = $3",
                        Tuple.of(start.appId(), start.name(), start.releaseVersion())))
                .compose(placed -> Database.execute(
                        client,
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
                                start.command())))
                .mapEmpty());
    }

    public Future<Integer> delete(Collection<UUID> ids) {
        return database.execute(
                "delete from manifold.dynos where id = any($1)",
                Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)));
    }

    /** They get no new request from the next routing table on. */
    public Future<Integer> retire(Collection<UUID> ids) {
        return database.execute(
                "update manifold.dynos set retired_at = now() where id = any($1) and retired_at is null",
                Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)));
    }

    /** The table of this revision is without them. */
    public Future<Integer> withdrawn(Collection<UUID> ids, long revision) {
        return database.execute(
                "update manifold.dynos set retired_revision = $2 where id = any($1) and retired_revision is null",
                Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)).addLong(revision));
    }

    /** They serve until their successors are up. */
    public Future<Integer> replace(Collection<UUID> ids) {
        return database.execute(
                "update manifold.dynos set is_replaced = true where id = any($1)",
                Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)));
    }

    /**
     * Those that serve are to be replaced, crashes are forgotten, one that idles wakes; the names of the first. Once per
     * request: none when it was carried out before.
     */
    public Future<List<String>> restart(RestartDynos wish) {
        String match = " where app_id = $1 and ($2::text is null or name = $2 or split_part(name, '.', 1) = $2)";
        Tuple target = Tuple.of(wish.appId(), wish.target());
        return database.transaction(client -> Database.execute(
                        client,
                        "insert into manifold.restarts (request_id) values ($1) on conflict do nothing",
                        Tuple.of(wish.requestId()))
                .compose(fresh -> fresh == 0
                        ? Future.succeededFuture(List.of())
                        // The dynos first: whoever counts their crashes locks their rows.
                        : Database.execute(
                                        client, "delete from manifold.dynos" + match + " and state = 'crashed'", target)
                                .compose(cleared ->
                                        Database.execute(client, "delete from manifold.crashes" + match, target))
                                .compose(forgotten -> Database.execute(client, """
                                        delete from manifold.idle_apps
                                        where app_id = $1 and ($2::text is null or $2 in ('web', 'web.1'))
                                        """, target))
                                .compose(awake -> Database.list(
                                        client,
                                        "update manifold.dynos set is_replaced = true" + match
                                                + " and state in ('created', 'starting', 'up') and retired_at is null"
                                                + " returning name",
                                        target,
                                        row -> row.getString("name")))));
    }

    /** Requests older than a day are not made again. */
    public Future<Integer> forgetRestarts() {
        return database.execute(
                "delete from manifold.restarts where asked_at < now() - interval '1 day'", Tuple.tuple());
    }

    /** A name that no node has room for; false when that was known. */
    public Future<Boolean> withoutRoom(Wanted release, Wanted.Type type, String name) {
        return database.execute(
                        """
                        insert into manifold.unplaced (app_id, name, release_version, memory_mb, command)
                        values ($1, $2, $3, $4, $5) on conflict do nothing
                        """, Tuple.of(release.appId(), name, release.version(), type.memoryMb(), type.command()))
                .map(added -> added > 0);
    }

    public Future<List<Unplaced>> withoutRoom() {
        return database.list(
                "select id, app_id, name, release_version from manifold.unplaced",
                Tuple.tuple(),
                row -> new Unplaced(
                        row.getUUID("id"),
                        row.getUUID("app_id"),
                        row.getString("name"),
                        row.getInteger("release_version")));
    }

    /** Nobody asks for them any more. */
    public Future<Integer> placed(Collection<UUID> ids) {
        return database.execute(
                "delete from manifold.unplaced where id = any($1)",
                Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)));
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
                    Future<List<DynoReport>> changed = Future.succeededFuture(new ArrayList<>());
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
