package dev.celadon.gitreceiver.store;

import dev.celadon.gitreceiver.domain.BuildState;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.UUID;

/** What became of a push, as compiler, API and manifold say in their views. */
public final class BuildViews {
    private final Database database;

    /** The release a build became. */
    public record Release(UUID appId, int version, String status, boolean isCurrent) {}

    /** How the dynos of a release come up. */
    public record Rollout(String state, String reason) {}

    public BuildViews(Database database) {
        this.database = database;
    }

    public Future<Optional<BuildState>> build(UUID pushId) {
        String sql = "select status, failure, output_url from compiler.v_builds where id = $1";
        return database.first(
                sql,
                Tuple.of(pushId),
                row -> new BuildState(
                        row.getString("status"),
                        Optional.ofNullable(row.getString("failure")),
                        Optional.ofNullable(row.getString("output_url"))));
    }

    public Future<Optional<Release>> release(UUID pushId) {
        String sql = """
                select app_id, version, status, is_current from api.v_releases where build_id = $1
                order by version limit 1
                """;
        return database.first(
                sql,
                Tuple.of(pushId),
                row -> new Release(
                        row.getUUID("app_id"),
                        row.getInteger("version"),
                        row.getString("status"),
                        row.getBoolean("is_current")));
    }

    public Future<Optional<Rollout>> rollout(UUID appId, int version) {
        String sql = """
                select state, reason from manifold.v_rollouts where app_id = $1 and release_version = $2
                order by state limit 1
                """;
        return database.first(
                sql,
                Tuple.of(appId, version),
                row -> new Rollout(
                        row.getString("state"),
                        Optional.ofNullable(row.getString("reason")).orElse("it crashed")));
    }

    /** The newest release before {@code version} that came up, or else the newest that succeeded. */
    public Future<Optional<Integer>> lastBefore(UUID appId, int version) {
        String sql = """
                select coalesce(
                    (select max(release_version) from manifold.v_rollouts
                     where app_id = $1 and release_version < $2 and state = 'live'),
                    (select max(version) from api.v_releases
                     where app_id = $1 and version < $2 and status = 'succeeded')) as version
                """;
        return database.list(sql, Tuple.of(appId, version), row -> Optional.ofNullable(row.getInteger("version")))
                .map(rows -> rows.get(0));
    }
}
