package dev.celadon.api.processes;

import dev.celadon.api.accounts.Secrets;
import dev.celadon.api.apps.ConfigStore;
import dev.celadon.api.http.ApiException;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One-off dynos from the wish to the recorded end; that they run is the scheduler's part. */
public final class OneOffStore {
    private static final String SELECT = """
            select o.id, o.name, o.command, o.size, o.created_at, o.release_id, r.version
            from api.one_offs o join api.releases r on r.id = o.release_id
            """;

    private final Database database;
    private final ConfigStore configs;

    public OneOffStore(Database database, ConfigStore configs) {
        this.database = database;
        this.configs = configs;
    }

    /**
     * @param kind {@code run}, {@code release}, {@code postdeploy}: the name is the kind and the next number
     * @param secret of the terminal; absent when nobody attaches
     * @param inside the dyno whose container it shares
     * @param stopAfterSeconds 0 for no limit
     * @param token that it was asked for with, null when the platform asked; an attached one ends with it
     */
    public record Wish(
            UUID appId,
            String kind,
            UUID releaseId,
            String command,
            String size,
            Optional<String> secret,
            boolean isWithoutTty,
            Map<String, String> env,
            @Nullable UUID inside,
            int stopAfterSeconds,
            @Nullable UUID token) {
        /** Asked for by the platform itself, without a terminal. */
        public static Wish ofPlatform(UUID app, String kind, UUID release, String command, String size) {
            return new Wish(app, kind, release, command, size, Optional.empty(), true, Map.of(), null, 0, null);
        }
    }

    public record OneOff(
            UUID id, String name, String command, String size, OffsetDateTime createdAt, UUID releaseId, int version) {}

    /** One that has ended just now. */
    public record End(
            UUID id,
            UUID appId,
            String name,
            UUID releaseId,
            @Nullable Integer exitStatus) {}

    public Future<OneOff> create(Wish wish) {
        return database.transaction(client -> create(client, wish));
    }

    /** Inside a transaction. */
    public Future<OneOff> create(SqlClient client, Wish wish) {
        String number = """
                insert into api.one_off_numbers as n (app_id, kind, last) values ($1, $2, 1)
                on conflict (app_id, kind) do update set last = n.last + 1 returning last
                """;
        String insert = """
                insert into api.one_offs (app_id, name, release_id, command, size, attach, no_tty, secret_hash,
                                          env_ciphertext, inside_dyno_id, token_id, stop_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
                        case when $12::int > 0 then now() + $12::int * interval '1 second' end) returning id
                """;
        return Database.first(client, number, Tuple.of(wish.appId(), wish.kind()), row -> row.getInteger("last"))
                .compose(last -> Database.first(
                        client,
                        insert,
                        Tuple.of(wish.appId(), wish.kind() + "." + last.orElseThrow(), wish.releaseId())
                                .addString(wish.command())
                                .addString(wish.size())
                                .addBoolean(wish.secret().isPresent())
                                .addBoolean(wish.isWithoutTty())
                                .addBuffer(wish.secret().map(Secrets::hash).orElse(null))
                                .addBuffer(configs.seal(wish.env()))
                                .addUUID(wish.inside())
                                .addUUID(wish.token())
                                .addInteger(wish.stopAfterSeconds()),
                        row -> row.getUUID("id")))
                .compose(id -> Database.first(
                        client, SELECT + " where o.id = $1", Tuple.of(id.orElseThrow()), OneOffStore::oneOff))
                .map(made -> made.orElseThrow());
    }

    public Future<List<OneOff>> running(UUID app) {
        return database.list(SELECT + """
                         where o.app_id = $1 and o.ended_at is null
                          and not exists (select 1 from manifold.v_one_off_ends e where e.id = o.id)
                        order by o.created_at
                        """, Tuple.of(app), OneOffStore::oneOff);
    }

    /** By name or id, or all of a kind. */
    public Future<List<OneOff>> requestStop(UUID app, String nameIdOrKind) {
        String stop = """
                update api.one_offs set stop_requested_at = coalesce(stop_requested_at, now())
                where app_id = $1 and ended_at is null
                  and (name = $2 or id::text = $2 or split_part(name, '.', 1) = $2) returning id
                """;
        return database.list(stop, Tuple.of(app, nameIdOrKind), row -> row.getUUID("id"))
                .compose(ids -> database.list(
                        SELECT + " where o.id = any($1)", Tuple.of(ids.toArray(UUID[]::new)), OneOffStore::oneOff));
    }

    /** Asks for the end of those whose time is over, or whose terminal's token opens the app no more; their ids and apps. */
    public Future<List<UUID[]>> stopOverdue() {
        String sql = """
                update api.one_offs o set stop_requested_at = now()
                where ended_at is null and stop_requested_at is null
                  and (stop_at < now() or attach and token_id is not null and not exists (
                    select 1 from api.v_openings v where v.token_id = o.token_id and v.app_id = o.app_id))
                returning id, app_id
                """;
        return database.list(sql, Tuple.tuple(), row -> new UUID[] {row.getUUID("id"), row.getUUID("app_id")});
    }

    /** Records what the scheduler says about ends. */
    public Future<List<End>> recordEnds() {
        String sql = """
                update api.one_offs o set ended_at = e.ended_at, exit_status = e.exit_status, cause = e.cause
                from manifold.v_one_off_ends e where e.id = o.id and o.ended_at is null
                returning o.id, o.app_id, o.name, o.release_id, o.exit_status
                """;
        return database.list(
                sql,
                Tuple.tuple(),
                row -> new End(
                        row.getUUID("id"),
                        row.getUUID("app_id"),
                        row.getString("name"),
                        row.getUUID("release_id"),
                        row.getInteger("exit_status")));
    }

    /** The release's config vars, and over them what the request brought. */
    public Future<Map<String, String>> environment(UUID id) {
        String sql = "select release_id, env_ciphertext from api.one_offs where id = $1";
        return database.first(sql, Tuple.of(id), row -> row)
                .map(found -> found.orElseThrow(() -> ApiException.notFound("dyno")))
                .compose(row -> configs.ofRelease(row.getUUID("release_id")).map(vars -> {
                    Map<String, String> all = new HashMap<>(vars);
                    Buffer own = row.getBuffer("env_ciphertext");
                    all.putAll(configs.open(own));
                    return all;
                }));
    }

    private static OneOff oneOff(Row row) {
        return new OneOff(
                row.getUUID("id"),
                row.getString("name"),
                row.getString("command"),
                row.getString("size"),
                row.getOffsetDateTime("created_at"),
                row.getUUID("release_id"),
                row.getInteger("version"));
    }
}
