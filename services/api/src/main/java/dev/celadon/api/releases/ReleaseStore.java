package dev.celadon.api.releases;

import dev.celadon.api.apps.AppStore;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Releases: each is a slug and config vars under the app's next number, made in one transaction. */
public final class ReleaseStore {
    private static final String SELECT = """
            select r.id, r.app_id, r.version, r.description, r.slug_id, r.config_id, r.status, r.created_at,
                   coalesce(a.email, '') as email, r.account_id,
                   r.version = (select max(version) from api.releases l where l.app_id = r.app_id) as is_current
            from api.releases r left join api.accounts a on a.id = r.account_id
            """;

    private final Database database;
    private final AppStore apps;

    public ReleaseStore(Database database, AppStore apps) {
        this.database = database;
        this.apps = apps;
    }

    /** A release as its row has it. */
    public record Release(
            UUID id,
            UUID appId,
            int version,
            String description,
            @Nullable UUID slugId,
            UUID configId,
            String status,
            OffsetDateTime createdAt,
            String email,
            @Nullable UUID accountId,
            boolean isCurrent) {}

    /** A build that ended with a slug and has no release yet. */
    public record Built(UUID buildId, UUID appId, UUID slugId, String commit, String email) {}

    public Future<List<Release>> of(UUID app, boolean isNewestFirst, int most) {
        String order = isNewestFirst ? " order by r.version desc" : " order by r.version";
        return database.list(
                SELECT + " where r.app_id = $1" + order + " limit $2", Tuple.of(app, most), ReleaseStore::release);
    }

    /** By version ({@code 4}, {@code v4}) or id. */
    public Future<Optional<Release>> find(UUID app, String versionOrId) {
        String sql = SELECT + " where r.app_id = $1 and (r.id::text = $2 or r.version::text = ltrim($2, 'v'))";
        return database.first(sql, Tuple.of(app, versionOrId), ReleaseStore::release);
    }

    /** The next release with other config vars and the slug of the current one. */
    public Future<Release> withConfig(UUID app, UUID account, Map<String, String> vars, String description) {
        return database.transaction(client -> lock(client, app)
                .compose(locked -> apps.insertConfig(client, app, vars))
                .compose(config -> insert(client, """
                        select $1, max(version) + 1, $2, $3,
                               (select slug_id from api.releases l where l.app_id = $1 order by version desc limit 1), $4
                        from api.releases where app_id = $1
                        """, Tuple.of(app, description, account, config))));
    }

    /** The next release with slug and config vars of an earlier one. */
    public Future<Release> rollback(UUID app, UUID account, Release earlier) {
        return database.transaction(client -> lock(client, app)
                .compose(locked -> insert(
                        client,
                        "select $1, max(version) + 1, $2, $3, $4::uuid, $5::uuid from api.releases where app_id = $1",
                        Tuple.of(
                                app,
                                "Rollback to v" + earlier.version(),
                                account,
                                earlier.slugId(),
                                earlier.configId()))));
    }

    public Future<List<Built>> builtWithoutRelease() {
        return database.list(
                """
                select b.id, b.app_id, b.slug_id, b.commit_sha, b.account_email
                from compiler.v_builds b join api.apps a on a.id = b.app_id
                where b.status = 'succeeded' and b.slug_id is not null
                  and not exists (select 1 from api.releases r where r.build_id = b.id)
                order by b.created_at
                """,
                Tuple.tuple(),
                row -> new Built(
                        row.getUUID("id"),
                        row.getUUID("app_id"),
                        row.getUUID("slug_id"),
                        row.getString("commit_sha"),
                        row.getString("account_email")));
    }

    /** The release of a build; repeating it fails on the build's id and changes nothing. */
    public Future<Release> deploy(Built built, String description) {
        return database.transaction(client -> lock(client, built.appId())
                .compose(locked -> Database.execute(client, """
                        insert into api.slugs (id, app_id, sha256, bytes, process_types, buildpack, commit_sha, stack)
                        select id, app_id, sha256, bytes, process_types, coalesce(buildpack, ''), commit_sha, stack
                        from compiler.v_slugs where id = $1 on conflict (id) do nothing
                        """, Tuple.of(built.slugId())))
                .compose(slug -> Database.first(
                        client,
                        """
                        insert into api.releases (app_id, version, description, account_id, slug_id, config_id, build_id)
                        select $1, max(version) + 1, $2, (select id from api.accounts where email = $3), $4,
                               (select config_id from api.releases l where l.app_id = $1 order by version desc limit 1), $5
                        from api.releases where app_id = $1 returning id
                        """,
                        Tuple.of(built.appId(), description, built.email(), built.slugId(), built.buildId()),
                        row -> row.getUUID("id")))
                .compose(id -> formation(client, built.appId()).compose(done -> byId(client, id.orElseThrow()))));
    }

    /** New types begin with no dyno, but an app's first web with one; types that vanished go. */
    private static Future<Integer> formation(SqlClient client, UUID app) {
        String current = """
                select t.key as type from api.releases r join api.slugs s on s.id = r.slug_id
                cross join lateral jsonb_each_text(s.process_types) t
                where r.app_id = $1 and r.version = (select max(version) from api.releases l where l.app_id = $1)
                """;
        return Database.execute(
                        client,
                        "delete from api.formation where app_id = $1 and type not in (" + current + ")",
                        Tuple.of(app))
                .compose(gone -> Database.execute(
                        client,
                        "insert into api.formation (app_id, type, quantity) select $1, type, "
                                + "case when type = 'web' then 1 else 0 end from (" + current
                                + ") now on conflict (app_id, type) do nothing",
                        Tuple.of(app)));
    }

    private static Future<Integer> lock(SqlClient client, UUID app) {
        return Database.execute(client, "select 1 from api.apps where id = $1 for update", Tuple.of(app));
    }

    private static Future<Release> insert(SqlClient client, String select, Tuple arguments) {
        String sql = "insert into api.releases (app_id, version, description, account_id, slug_id, config_id) " + select
                + " returning id";
        return Database.first(client, sql, arguments, row -> row.getUUID("id"))
                .compose(id -> byId(client, id.orElseThrow()));
    }

    private static Future<Release> byId(SqlClient client, UUID id) {
        return Database.first(client, SELECT + " where r.id = $1", Tuple.of(id), ReleaseStore::release)
                .map(found -> found.orElseThrow());
    }

    private static Release release(Row row) {
        return new Release(
                row.getUUID("id"),
                row.getUUID("app_id"),
                row.getInteger("version"),
                row.getString("description"),
                row.getUUID("slug_id"),
                row.getUUID("config_id"),
                row.getString("status"),
                row.getOffsetDateTime("created_at"),
                row.getString("email"),
                row.getUUID("account_id"),
                row.getBoolean("is_current"));
    }
}
