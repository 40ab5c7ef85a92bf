package dev.celadon.compiler.store;

import dev.celadon.compiler.domain.Build;
import dev.celadon.compiler.domain.Slug;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code compiler.builds}, and the slugs that come with their success. A build belongs to whoever holds its lease; the
 * attempt's number fences out a holder that lost it.
 */
public final class BuildStore {
    private final Database database;

    public BuildStore(Database database) {
        this.database = database;
    }

    /** Enters every push that waits for a build. */
    public Future<Integer> adoptPushes() {
        String sql = """
                insert into compiler.builds (id, app_id, commit_sha, account_email, source_url, created_at)
                select p.id, p.app_id, p.commit_sha, p.account_email, p.source_url, p.created_at
                from git.v_pushes p
                where exists (select 1 from api.v_apps a where a.id = p.app_id)
                on conflict (id) do nothing
                """;
        return database.execute(sql, Tuple.tuple());
    }

    /** Enters every build of an archive that was asked for. */
    public Future<Integer> adoptRequests() {
        String sql = """
                insert into compiler.builds
                  (id, app_id, commit_sha, account_email, source_url, is_archive, checksum, created_at)
                select r.id, r.app_id, coalesce(r.commit_sha, ''), r.account_email, r.source_url, true, r.checksum,
                  r.created_at
                from api.v_build_requests r
                where exists (select 1 from api.v_apps a where a.id = r.app_id)
                on conflict (id) do nothing
                """;
        return database.execute(sql, Tuple.tuple());
    }

    /** The oldest build that waits or whose holder is gone, unless another of its app is being built. */
    public Future<Optional<Build>> claim(String owner, Duration lease) {
        String sql = """
                update compiler.builds
                set status = 'building', lease_owner = $1, lease_until = now() + $2 * interval '1 ms',
                    attempt = attempt + 1, output_url = null, updated_at = now()
                where id = (
                  select b.id from compiler.builds b
                  where (b.status = 'building' and b.lease_until < now())
                     or (b.status = 'pending' and not exists (
                           select 1 from compiler.builds other
                           where other.app_id = b.app_id and other.status = 'building'))
                  order by b.created_at, b.id
                  limit 1
                  for update skip locked)
                returning id, app_id, commit_sha, account_email, source_url, is_archive, checksum, attempt
                """;
        return database.first(sql, Tuple.of(owner, lease.toMillis()), BuildStore::build)
                // Two compilers took one app's two builds in the same moment; the loser's stays pending.
                .recover(cause -> Database.isUniqueViolation(cause)
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(cause));
    }

    /** What this process held before it was killed may be claimed again at once. */
    public Future<Integer> releaseLeasesOf(String owner) {
        String sql = """
                update compiler.builds set lease_until = now() - interval '1 s'
                where status = 'building' and lease_owner = $1
                """;
        return database.execute(sql, Tuple.of(owner));
    }

    /** False when the build is no longer the caller's: cancelled, its app deleted, or claimed by another. */
    public Future<Boolean> renew(Build build, Duration lease) {
        String sql = """
                update compiler.builds set lease_until = now() + $3 * interval '1 ms'
                where id = $1 and attempt = $2 and status = 'building'
                """;
        return database.execute(sql, Tuple.of(build.id(), build.attempt(), lease.toMillis()))
                .map(changed -> changed == 1);
    }

    public Future<Void> begin(Build build, String outputUrl) {
        String sql = """
                update compiler.builds set output_url = $3, updated_at = now()
                where id = $1 and attempt = $2 and status = 'building'
                """;
        return database.execute(sql, Tuple.of(build.id(), build.attempt(), outputUrl))
                .mapEmpty();
    }

    /** The build's last word, with its slug; false when it was cancelled or lost in the meantime. */
    public Future<Boolean> succeed(Build build, Slug slug, String outputSha256) {
        return database.transaction(connection -> end(connection, build, "succeeded", null, slug.id(), outputSha256)
                .compose(isOurs -> isOurs ? insert(connection, build, slug).map(true) : Future.succeededFuture(false)));
    }

    public Future<Boolean> fail(Build build, String failure, @Nullable String outputSha256) {
        return database.transaction(connection -> end(connection, build, "failed", failure, null, outputSha256));
    }

    /** False when it had ended before. */
    public Future<Boolean> cancel(UUID buildId, String failure) {
        String sql = """
                update compiler.builds set status = 'cancelled', failure = $2, updated_at = now()
                where id = $1 and status in ('pending', 'building')
                """;
        return database.execute(sql, Tuple.of(buildId, failure)).map(changed -> changed == 1);
    }

    /** A cancelled build keeps what it printed. */
    public Future<Void> keepOutput(Build build, String outputSha256) {
        String sql = """
                update compiler.builds set output_sha256 = $3, updated_at = now()
                where id = $1 and attempt = $2 and status <> 'building'
                """;
        return database.execute(sql, Tuple.of(build.id(), build.attempt(), outputSha256))
                .mapEmpty();
    }

    /** Of the stored output; empty when there is no such build or it has not ended. */
    public Future<Optional<String>> outputSha256(UUID buildId) {
        String sql = "select output_sha256 from compiler.builds where id = $1 and output_sha256 is not null";
        return database.first(sql, Tuple.of(buildId), row -> row.getString("output_sha256"));
    }

    private static Future<Boolean> end(
            SqlConnection connection,
            Build build,
            String status,
            @Nullable String failure,
            @Nullable UUID slugId,
            @Nullable String outputSha256) {
        String sql = """
                update compiler.builds
                set status = $3, failure = $4, slug_id = $5, output_sha256 = $6, lease_until = null, updated_at = now()
                where id = $1 and attempt = $2 and status = 'building'
                """;
        Tuple arguments = Tuple.tuple()
                .addUUID(build.id())
                .addInteger(build.attempt())
                .addString(status)
                .addString(failure)
                .addUUID(slugId)
                .addString(outputSha256);
        return Database.execute(connection, sql, arguments).map(changed -> changed == 1);
    }

    private static Future<Integer> insert(SqlConnection connection, Build build, Slug slug) {
        String sql = """
                insert into compiler.slugs
                  (id, app_id, build_id, sha256, bytes, process_types, buildpack, commit_sha, stack, app_json)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb)
                """;
        Map<String, Object> types = new LinkedHashMap<>(slug.processTypes());
        Tuple arguments = Tuple.tuple()
                .addUUID(slug.id())
                .addUUID(build.appId())
                .addUUID(build.id())
                .addString(slug.sha256())
                .addLong(slug.bytes())
                .addValue(new JsonObject(types))
                .addString(slug.buildpack())
                .addString(build.commitSha())
                .addString(slug.stack())
                .addString(slug.appJson().orElse(null));
        return Database.execute(connection, sql, arguments);
    }

    private static Build build(Row row) {
        return new Build(
                row.getUUID("id"),
                row.getUUID("app_id"),
                row.getString("commit_sha"),
                row.getString("account_email"),
                new Build.Source(
                        row.getString("source_url"),
                        row.getBoolean("is_archive"),
                        Optional.ofNullable(row.getString("checksum"))),
                row.getInteger("attempt"));
    }
}
