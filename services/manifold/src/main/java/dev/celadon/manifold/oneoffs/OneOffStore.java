package dev.celadon.manifold.oneoffs;

import dev.celadon.contract.DynoReport;
import dev.celadon.contract.DynoState;
import dev.celadon.contract.OneOffReports;
import dev.celadon.manifold.oneoffs.domain.OneOff;
import dev.celadon.manifold.oneoffs.domain.Wish;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One-off dynos: the api's wishes, and what became of them. */
public final class OneOffStore {
    private final Database database;

    public OneOffStore(Database database) {
        this.database = database;
    }

    /**
     * Where the dyno of a secret is.
     *
     * @param terminalPort where its node takes terminals, once it has said so
     * @param cause the code of what ended it, if it was not its own doing
     */
    public record Place(
            String nodeId,
            @Nullable Integer terminalPort,
            String command,
            boolean hasEnded,
            @Nullable String cause) {}

    Future<List<Wish>> wishes() {
        return database.list("select * from api.v_one_offs order by created_at", Tuple.tuple(), OneOffStore::wish);
    }

    /** The ids among these that have a row, ended or not. */
    Future<Set<UUID>> known(List<Wish> wishes) {
        UUID[] ids = wishes.stream().map(Wish::id).toArray(UUID[]::new);
        return database.list(
                        "select id from manifold.one_offs where id = any($1)",
                        Tuple.tuple().addArrayOfUUID(ids),
                        row -> row.getUUID("id"))
                .map(HashSet::new);
    }

    Future<List<OneOff>> running() {
        return database.list(
                "select * from manifold.one_offs where ended_at is null", Tuple.tuple(), OneOffStore::oneOff);
    }

    Future<Set<String>> silentNodes(Duration limit) {
        return database.list(
                        "select id from manifold.nodes where seen_at < now() - $1 * interval '1 ms'",
                        Tuple.of(limit.toMillis()),
                        row -> row.getString("id"))
                .map(HashSet::new);
    }

    /** 0 when another leader was first. */
    Future<Integer> place(Wish wish, String nodeId, int memoryMb) {
        return database.execute(
                """
                insert into manifold.one_offs (id, app_id, name, release_version, node_id, memory_mb, command, secret_hash)
                values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing
                """,
                Tuple.of(wish.id(), wish.appId(), wish.name(), wish.releaseVersion(), nodeId, memoryMb)
                        .addString(wish.command())
                        .addString(wish.secretHash()));
    }

    /** Its node did not take the order: it may be placed anew. */
    Future<Integer> unplace(UUID id) {
        return database.execute(
                "delete from manifold.one_offs where id = $1 and state = 'created' and ended_at is null", Tuple.of(id));
    }

    /** 1 the first time, 0 when it has ended already. */
    Future<Integer> end(UUID id, @Nullable Integer exitStatus, @Nullable String cause) {
        return database.execute("""
                update manifold.one_offs set state = 'down', since = now(), ended_at = now(), exit_status = $2, cause = $3
                where id = $1 and ended_at is null
                """, Tuple.of(id, exitStatus, cause));
    }

    /** The node of a dyno, of the formation or one-off. */
    Future<Optional<String>> nodeOf(UUID dyno) {
        return database.first("""
                select node_id from manifold.dynos where id = $1 and state not in ('down', 'crashed')
                union all select node_id from manifold.one_offs where id = $1 and ended_at is null
                """, Tuple.of(dyno), row -> row.getString("node_id"));
    }

    /** Once the api has recorded an end, nobody asks for it again. */
    Future<Integer> forgetRecorded() {
        return database.execute("""
                delete from manifold.one_offs o where ended_at < now() - interval '1 hour'
                  and not exists (select 1 from api.v_one_offs w where w.id = o.id)
                """, Tuple.tuple());
    }

    /** What a node says becomes the truth about its one-off dynos; answers with the reports that changed a state. */
    public Future<List<DynoReport>> apply(OneOffReports reports) {
        UUID[] ids = reports.dynos().stream().map(DynoReport::dynoId).toArray(UUID[]::new);
        // One that was just ordered may not be among the reports yet.
        String lost = """
                update manifold.one_offs set state = 'down', since = now(), ended_at = now(), cause = 'R99'
                where node_id = $1 and ended_at is null and not (id = any($2)) and created_at < now() - interval '15 s'
                """;
        String port = """
                insert into manifold.terminal_ports as p (node_id, port) values ($1, $2)
                on conflict (node_id) do update set port = excluded.port where p.port <> excluded.port
                """;
        return database.transaction(client -> Database.execute(
                        client, port, Tuple.of(reports.nodeId(), reports.terminalPort()))
                .compose(known -> Database.execute(
                        client, lost, Tuple.tuple().addString(reports.nodeId()).addArrayOfUUID(ids)))
                .compose(given -> {
                    Future<List<DynoReport>> changed = Future.succeededFuture(new ArrayList<>());
                    for (DynoReport report : reports.dynos()) {
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

    /** Those of the reports that nobody waits for: to be stopped. */
    public Future<List<UUID>> unknown(OneOffReports reports) {
        UUID[] ids = reports.dynos().stream()
                .filter(report -> !report.state().isFinal())
                .map(DynoReport::dynoId)
                .toArray(UUID[]::new);
        return database.list("""
                select id from unnest($1::uuid[]) id
                where not exists (select 1 from manifold.one_offs o where o.id = id.id and o.ended_at is null)
                """, Tuple.tuple().addArrayOfUUID(ids), row -> row.getUUID("id"));
    }

    /** Empty while it is not placed; {@link #isAwaited} says whether it will be. */
    public Future<Optional<Place>> bySecret(String hash) {
        return database.first(
                """
                select o.node_id, t.port, o.command, o.ended_at, o.cause
                from manifold.one_offs o left join manifold.terminal_ports t on t.node_id = o.node_id
                where o.secret_hash = $1
                """,
                Tuple.of(hash),
                row -> new Place(
                        row.getString("node_id"),
                        row.getInteger("port"),
                        row.getString("command"),
                        row.getOffsetDateTime("ended_at") != null,
                        row.getString("cause")));
    }

    /** Whether somebody asked for a one-off dyno with this secret. */
    public Future<Boolean> isAwaited(String hash) {
        return database.first(
                        "select id from api.v_one_offs where secret_hash = $1",
                        Tuple.of(Buffer.buffer(HexFormat.of().parseHex(hash))),
                        row -> row.getUUID("id"))
                .map(Optional::isPresent);
    }

    private static Future<Integer> update(SqlConnection client, DynoReport report) {
        boolean hasEnded = report.state().isFinal();
        return Database.execute(
                client,
                """
                update manifold.one_offs set state = $2, since = $3, exit_status = $4, cause = $5,
                  ended_at = case when $6 then now() end
                where id = $1 and ended_at is null and state <> $2
                """,
                Tuple.of(
                        report.dynoId(),
                        report.state().word(),
                        report.since().atOffset(ZoneOffset.UTC),
                        report.exitStatus(),
                        report.cause(),
                        hasEnded));
    }

    private static OneOff oneOff(Row row) {
        return new OneOff(
                row.getUUID("id"),
                row.getUUID("app_id"),
                row.getString("name"),
                row.getString("node_id"),
                row.getInteger("memory_mb"),
                DynoState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)));
    }

    private static Wish wish(Row row) {
        Buffer hash = row.getBuffer("secret_hash");
        return new Wish(
                row.getUUID("id"),
                row.getUUID("app_id"),
                row.getString("app_name"),
                row.getString("name"),
                row.getInteger("release_version"),
                row.getString("slug_sha256"),
                row.getString("command"),
                row.getString("stack"),
                row.getInteger("memory_mb"),
                row.getBoolean("no_tty"),
                row.getOffsetDateTime("stop_requested_at") != null,
                hash == null ? null : HexFormat.of().formatHex(hash.getBytes()),
                row.getUUID("inside_dyno_id"));
    }
}
