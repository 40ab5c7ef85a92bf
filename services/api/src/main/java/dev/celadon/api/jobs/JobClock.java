package dev.celadon.api.jobs;

import dev.celadon.api.domain.DueTicks;
import dev.celadon.api.domain.OneOffCommand;
import dev.celadon.api.processes.OneOffStore;
import dev.celadon.contract.JobRunMissed;
import dev.celadon.contract.OneOffChanged;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs when their time has come. Every api process looks; one claims a job's row and commits its tick, its one-off
 * dyno and its next time together, so a process that dies in between leaves all of it to the next.
 */
public final class JobClock {
    private static final Logger log = LoggerFactory.getLogger(JobClock.class);
    /** More wait for the next look, so that one look ends. */
    private static final int MOST_AT_ONCE = 200;

    private final Database database;
    private final JobStore store;
    private final OneOffStore oneOffs;
    private final Bus bus;
    private final AppLog appLog;
    private final Clock clock;
    private final Duration tolerance;

    /** @param tolerance how late a run still is on time */
    public JobClock(Database database, OneOffStore oneOffs, Bus bus, AppLog appLog, Clock clock, Duration tolerance) {
        this.database = database;
        this.store = new JobStore(database);
        this.oneOffs = oneOffs;
        this.bus = bus;
        this.appLog = appLog;
        this.clock = clock;
        this.tolerance = tolerance;
    }

    /** What a claim came to; told once it is committed. */
    private record Outcome(Job job, DueTicks ticks, Optional<OneOffStore.OneOff> dyno, String reason) {}

    private record Current(UUID releaseId, Map<String, String> processTypes) {}

    /** Called every few moments. */
    public Future<Void> look() {
        return store.recordEnds().compose(ends -> runDue(MOST_AT_ONCE));
    }

    private Future<Void> runDue(int most) {
        return database.transaction(this::claim)
                .onSuccess(outcome -> outcome.ifPresent(this::tell))
                .compose(outcome -> outcome.isPresent() && most > 1 ? runDue(most - 1) : Future.succeededFuture());
    }

    private Future<Optional<Outcome>> claim(SqlClient client) {
        Instant now = clock.instant();
        return JobStore.claim(client, now).compose(due -> {
            if (due.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            Job job = due.get();
            Instant first = Objects.requireNonNull(job.nextTick()).toInstant();
            boolean isCatchingUp = job.catchUp().equals("once");
            DueTicks ticks = DueTicks.at(job.schedule(), first, now, tolerance, isCatchingUp);
            Future<?> done = JobStore.nextTick(client, job.id(), ticks.next());
            for (Instant missed : ticks.missed()) {
                done = done.compose(before ->
                        JobStore.claimTick(client, job.id(), missed, "missed", "the scheduler was away at that time"));
            }
            return done.compose(before -> ticks.run().isPresent()
                            ? run(client, job, ticks, ticks.run().get())
                            : Future.succeededFuture(new Outcome(job, ticks, Optional.empty(), "")))
                    .map(Optional::of);
        });
    }

    private Future<Outcome> run(SqlClient client, Job job, DueTicks ticks, Instant tick) {
        return JobStore.isRunning(client, job.id())
                .compose(isRunning -> isRunning && job.overlap().equals("skip")
                        ? none(client, job, ticks, tick, "skipped", "its last run still goes on")
                        : current(client, job.appId())
                                .compose(current -> current.isEmpty()
                                        ? none(client, job, ticks, tick, "missed", "no code is released")
                                        : start(client, job, ticks, tick, current.get())));
    }

    private static Future<Outcome> none(
            SqlClient client, Job job, DueTicks ticks, Instant tick, String status, String reason) {
        return JobStore.claimTick(client, job.id(), tick, status, reason)
                .map(claimed -> new Outcome(job, ticks, Optional.empty(), status + ": " + reason));
    }

    private Future<Outcome> start(SqlClient client, Job job, DueTicks ticks, Instant tick, Current current) {
        OneOffStore.Wish wish = OneOffStore.Wish.ofPlatform(
                job.appId(),
                "scheduler",
                current.releaseId(),
                OneOffCommand.of(job.command(), current.processTypes()),
                job.size());
        return JobStore.claimTick(client, job.id(), tick, "running", null)
                .compose(claimed -> !claimed
                        ? Future.succeededFuture(new Outcome(job, ticks, Optional.empty(), ""))
                        : oneOffs.create(client, wish)
                                .compose(dyno -> JobStore.runsAs(client, job.id(), tick, dyno.id(), dyno.name())
                                        .map(new Outcome(job, ticks, Optional.of(dyno), ""))));
    }

    private static Future<Optional<Current>> current(SqlClient client, UUID app) {
        return Database.first(client, """
                select r.id, s.process_types from api.releases r join api.slugs s on s.id = r.slug_id
                where r.app_id = $1 and r.status = 'succeeded' order by r.version desc limit 1
                """, Tuple.of(app), row -> {
            Map<String, String> types = new HashMap<>();
            row.getJsonObject("process_types")
                    .forEach(type -> types.put(type.getKey(), String.valueOf(type.getValue())));
            return new Current(row.getUUID("id"), types);
        });
    }

    private void tell(Outcome outcome) {
        Job job = outcome.job();
        outcome.dyno().ifPresent(dyno -> {
            bus.publish(Topic.ONE_OFF_CHANGED, new OneOffChanged(dyno.id(), job.appId()));
            appLog.platform(
                    job.appId(),
                    "api",
                    "Starting process with command `" + job.command() + "` by user scheduler@addons.heroku.com");
        });
        if (!outcome.reason().isEmpty()) {
            alarm(job, outcome.ticks().run().orElseThrow(), "Job `" + job.command() + "` " + outcome.reason());
        }
        if (outcome.ticks().missedCount() > 0) {
            Instant last = outcome.ticks().missed().get(outcome.ticks().missed().size() - 1);
            int count = outcome.ticks().missedCount();
            alarm(
                    job,
                    last,
                    "Job `" + job.command() + "` missed " + count + (count == 1 ? " run" : " runs") + ", the last at "
                            + last);
        }
    }

    private void alarm(Job job, Instant tick, String text) {
        appLog.platform(job.appId(), "scheduler", text);
        bus.publish(Topic.JOB_RUN_MISSED, new JobRunMissed(job.id(), job.appId(), tick));
        log.atWarn()
                .addKeyValue("job", job.id())
                .addKeyValue("app", job.appId())
                .addKeyValue("tick", tick)
                .addKeyValue("news", text)
                .log("job-run-missed");
    }
}
