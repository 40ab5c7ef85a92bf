package dev.celadon.api.releases;

import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Request;
import dev.celadon.api.processes.OneOffStore;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Releases: each is a slug and config vars under the app's next number, made in one transaction under the app's lock. A
 * slug with a release phase makes a release that is pending until the phase's dyno has ended; meanwhile no other is made.
 */
public final class ReleaseStore {
    private static final String SELECT = """
            select r.id, r.app_id, p.name as app_name, r.version, r.description, r.slug_id, r.config_id, r.status,
                   r.phase_id, r.created_at, r.updated_at, coalesce(a.email, '') as email, r.account_id, v.is_current
            from api.releases r join api.apps p on p.id = r.app_id join api.v_releases v on v.id = r.id
            left join api.accounts a on a.id = r.account_id
            """;

    private final Database database;
    private final OneOffStore oneOffs;

    public ReleaseStore(Database database, OneOffStore oneOffs) {
        this.database = database;
        this.oneOffs = oneOffs;
    }

    /** What the newest release that did not fail is made of. */
    public record Base(@Nullable UUID slugId, UUID configId) {}

    /** A release to be made. */
    public record Draft(
            UUID appId,
            @Nullable UUID accountId,
            String description,
            @Nullable UUID slugId,
            UUID configId,
            @Nullable UUID buildId) {}

    /** @param most newest or oldest ones */
    public Future<List<Release>> of(UUID app, boolean isNewestFirst, int most) {
        String order = isNewestFirst ? " order by r.version desc" : " order by r.version";
        return database.list(
                SELECT + " where r.app_id = $1" + order + " limit $2", Tuple.of(app, most), ReleaseStore::release);
    }

    /** By version ({@code 4}, {@code v4}) or id. */
    public Future<Optional<Release>> find(UUID app, String versionOrId) {
        String sql = SELECT + " where r.app_id = $1 and (r.id = $2 or r.version::text = ltrim($3, 'v'))";
        UUID id = Request.idOf(versionOrId).orElse(new UUID(0, 0));
        return database.first(sql, Tuple.of(app, id, versionOrId), ReleaseStore::release);
    }

    /** The app's next release from what it has now; all or nothing. */
    public <T> Future<T> next(UUID app, NextRelease<T> make) {
        return database.transaction(client -> lock(client, app)
                        .compose(locked -> base(client, app))
                        .compose(base -> make.apply(client, base)))
                .recover(cause -> Future.failedFuture(
                        Database.isUniqueViolation(cause)
                                ? ApiException.conflict(
                                        "A release of this app is in its release phase; try again when it has ended.")
                                : cause));
    }

    /** A step of a release's transaction. */
    @FunctionalInterface
    public interface NextRelease<T> {
        Future<T> apply(SqlClient client, Base base);
    }

    /** Inside {@link #next}. */
    public Future<Release> insert(SqlClient client, Draft draft) {
        String sql = """
                insert into api.releases (app_id, version, description, account_id, slug_id, config_id, build_id, status)
                select $1, max(version) + 1, $2, $3, $4::uuid, $5::uuid, $6::uuid, $7
                from api.releases where app_id = $1 returning id
                """;
        return releaseCommand(client, draft.slugId())
                .compose(command -> Database.first(
                                client,
                                sql,
                                Tuple.of(
                                                draft.appId(),
                                                draft.description(),
                                                draft.accountId(),
                                                draft.slugId(),
                                                draft.configId())
                                        .addUUID(draft.buildId())
                                        .addString(command.isPresent() ? "pending" : "succeeded"),
                                row -> row.getUUID("id"))
                        .map(id -> id.orElseThrow())
                        .compose(id -> command.isPresent()
                                ? beginPhase(client, draft.appId(), id, command.get())
                                : Formations.fit(client, oneOffs, draft.appId()).map(id))
                        .compose(id -> byId(client, id)));
    }

    /** The end of a release phase, once; empty when it was recorded before. */
    public Future<Optional<Release>> settle(UUID release, String status) {
        String sql = """
                update api.releases set status = $2, updated_at = now() where id = $1 and status = 'pending' returning app_id
                """;
        return database.transaction(client -> Database.first(
                        client, sql, Tuple.of(release, status), row -> row.getUUID("app_id"))
                .compose(app -> {
                    if (app.isEmpty()) {
                        return Future.succeededFuture(Optional.empty());
                    }
                    Future<?> fitted = status.equals("succeeded")
                            ? Formations.fit(client, oneOffs, app.get())
                            : Future.succeededFuture();
                    return fitted.compose(done -> byId(client, release)).map(Optional::of);
                }));
    }

    /** The slug's content goes to another app under an id of its own. */
    public static Future<UUID> copySlug(SqlClient client, UUID slug, UUID app) {
        return Database.first(client, """
                        insert into api.slugs (app_id, sha256, bytes, process_types, buildpack, commit_sha, stack, app_json)
                        select $2, sha256, bytes, process_types, buildpack, commit_sha, stack, app_json
                        from api.slugs where id = $1 returning id
                        """, Tuple.of(slug, app), row -> row.getUUID("id"))
                .map(id -> id.orElseThrow(() -> ApiException.notFound("slug")));
    }

    private Future<UUID> beginPhase(SqlClient client, UUID app, UUID release, String command) {
        OneOffStore.Wish wish = OneOffStore.Wish.ofPlatform(app, "release", release, command, "standard-1X");
        return oneOffs.create(client, wish)
                .compose(dyno -> Database.execute(
                        client, "update api.releases set phase_id = $2 where id = $1", Tuple.of(release, dyno.id())))
                .map(release);
    }

    private static Future<Optional<String>> releaseCommand(SqlClient client, @Nullable UUID slug) {
        return Database.list(
                        client,
                        "select process_types ->> 'release' as command from api.slugs where id = $1",
                        Tuple.of(slug),
                        row -> Optional.ofNullable(row.getString("command")))
                .map(rows -> rows.stream().findFirst().flatMap(Function.identity()));
    }

    private static Future<Integer> lock(SqlClient client, UUID app) {
        return Database.execute(client, "select 1 from api.apps where id = $1 for update", Tuple.of(app));
    }

    private static Future<Base> base(SqlClient client, UUID app) {
        String sql = """
                select slug_id, config_id from api.releases
                where app_id = $1 and status in ('succeeded', 'pending') order by version desc limit 1
                """;
        return Database.first(
                        client, sql, Tuple.of(app), row -> new Base(row.getUUID("slug_id"), row.getUUID("config_id")))
                .map(found -> found.orElseThrow(() -> ApiException.notFound("app")));
    }

    private static Future<Release> byId(SqlClient client, UUID id) {
        return Database.first(client, SELECT + " where r.id = $1", Tuple.of(id), ReleaseStore::release)
                .map(found -> found.orElseThrow());
    }

    private static Release release(Row row) {
        return new Release(
                row.getUUID("id"),
                row.getUUID("app_id"),
                row.getString("app_name"),
                row.getInteger("version"),
                row.getString("description"),
                row.getUUID("slug_id"),
                row.getUUID("config_id"),
                row.getString("status"),
                row.getUUID("phase_id"),
                row.getOffsetDateTime("created_at"),
                row.getOffsetDateTime("updated_at"),
                row.getString("email"),
                row.getUUID("account_id"),
                row.getBoolean("is_current"));
    }
}
