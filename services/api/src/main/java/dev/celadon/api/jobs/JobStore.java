package dev.celadon.api.jobs;

import dev.celadon.api.domain.JobSchedule;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Jobs and their runs. A run's row is the claim to its tick: there is one, so the job runs once. */
final class JobStore {
    /** Older runs of a job are forgotten. */
    private static final int KEPT_RUNS = 200;

    private final Database database;

    JobStore(Database database) {
        this.database = database;
    }

    Future<List<Job>> of(UUID app) {
        return database.list(
                "select * from api.jobs where app_id = $1 order by created_at, id", Tuple.of(app), JobStore::job);
    }

    Future<Optional<Job>> find(UUID app, UUID id) {
        return database.first("select * from api.jobs where app_id = $1 and id = $2", Tuple.of(app, id), JobStore::job);
    }

    Future<Job> create(UUID app, Job.Draft draft, Instant nextTick) {
        return database.first("""
                        insert into api.jobs (app_id, command, size, schedule, overlap, catch_up, enabled, next_tick)
                        values ($1, $2, $3, $4, $5, $6, $7, $8) returning *
                        """, values(app, draft, nextTick), JobStore::job).map(Optional::orElseThrow);
    }

    Future<Job> change(UUID id, Job.Draft draft, Instant nextTick) {
        return database.first("""
                        update api.jobs set command = $2, size = $3, schedule = $4, overlap = $5, catch_up = $6,
                               enabled = $7, next_tick = $8, updated_at = now()
                        where id = $1 returning *
                        """, values(id, draft, nextTick), JobStore::job).map(Optional::orElseThrow);
    }

    Future<Integer> delete(UUID id) {
        return database.execute("delete from api.jobs where id = $1", Tuple.of(id));
    }

    Future<List<JobRun>> runs(UUID job) {
        return database.list(
                "select * from api.job_runs where job_id = $1 order by tick desc limit " + KEPT_RUNS,
                Tuple.of(job),
                JobStore::run);
    }

    /** What happened to the one-off dynos of runs. */
    Future<List<UUID>> recordEnds() {
        return database.list("""
                update api.job_runs r set ended_at = o.ended_at, exit_status = o.exit_status, reason = o.cause,
                       status = case when o.exit_status = 0 then 'succeeded' else 'failed' end
                from api.one_offs o
                where r.status = 'running' and o.id = r.one_off_id and o.ended_at is not null returning r.id
                """, Tuple.tuple(), row -> row.getUUID("id"));
    }

    /** Inside a transaction: a job whose time has come, and which nobody else is about to run. */
    static Future<Optional<Job>> claim(SqlClient client, Instant now) {
        return Database.first(client, """
                select * from api.jobs where enabled and next_tick <= $1
                order by next_tick, id limit 1 for update skip locked
                """, Tuple.of(utc(now)), JobStore::job);
    }

    static Future<Boolean> isRunning(SqlClient client, UUID job) {
        return Database.first(
                        client,
                        "select 1 from api.job_runs where job_id = $1 and status = 'running' limit 1",
                        Tuple.of(job),
                        row -> true)
                .map(Optional::isPresent);
    }

    static Future<Integer> nextTick(SqlClient client, UUID job, Instant next) {
        return Database.execute(client, "update api.jobs set next_tick = $2 where id = $1", Tuple.of(job, utc(next)));
    }

    /** False when the tick had its run. */
    static Future<Boolean> claimTick(SqlClient client, UUID job, Instant tick, String status, @Nullable String reason) {
        return Database.execute(client, """
                        insert into api.job_runs (job_id, tick, status, reason, ended_at)
                        values ($1, $2, $3, $4, case when $3 = 'running' then null else now() end) on conflict do nothing
                        """, Tuple.of(job, utc(tick), status, reason))
                .compose(added ->
                        Database.execute(client, """
                                delete from api.job_runs where job_id = $1 and status <> 'running' and id not in
                                  (select id from api.job_runs where job_id = $1 order by tick desc limit $2)
                                """, Tuple.of(job, KEPT_RUNS)).map(added > 0));
    }

    static Future<Integer> runsAs(SqlClient client, UUID job, Instant tick, UUID oneOff, String dyno) {
        return Database.execute(
                client,
                "update api.job_runs set one_off_id = $3, dyno = $4 where job_id = $1 and tick = $2",
                Tuple.of(job, utc(tick), oneOff, dyno));
    }

    private static Tuple values(UUID id, Job.Draft draft, Instant nextTick) {
        return Tuple.of(
                id,
                draft.command(),
                draft.size(),
                draft.schedule().text(),
                draft.overlap(),
                draft.catchUp(),
                draft.isEnabled(),
                draft.isEnabled() ? utc(nextTick) : null);
    }

    private static OffsetDateTime utc(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }

    private static Job job(Row row) {
        return new Job(
                row.getUUID("id"),
                row.getUUID("app_id"),
                row.getString("command"),
                row.getString("size"),
                JobSchedule.parse(row.getString("schedule")),
                row.getString("overlap"),
                row.getString("catch_up"),
                row.getBoolean("enabled"),
                row.getOffsetDateTime("next_tick"),
                row.getOffsetDateTime("created_at"),
                row.getOffsetDateTime("updated_at"));
    }

    private static JobRun run(Row row) {
        return new JobRun(
                row.getUUID("id"),
                row.getUUID("job_id"),
                row.getOffsetDateTime("tick"),
                row.getString("status"),
                row.getUUID("one_off_id"),
                row.getString("dyno"),
                row.getInteger("exit_status"),
                row.getString("reason"),
                row.getOffsetDateTime("created_at"),
                row.getOffsetDateTime("ended_at"));
    }
}
