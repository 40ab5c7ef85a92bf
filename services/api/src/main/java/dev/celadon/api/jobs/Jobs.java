package dev.celadon.api.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.DynoSize;
import dev.celadon.api.domain.JobSchedule;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Body;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** {@code /apps/:app/jobs}: commands that run at their times, and what became of each run. */
public final class Jobs {
    private static final List<String> OVERLAP = List.of("skip", "allow");
    private static final List<String> CATCH_UP = List.of("once", "skip");

    private final Apps apps;
    private final JobStore store;
    private final Clock clock;
    private final int most;

    /** @param most jobs of one app */
    public Jobs(Apps apps, Database database, Clock clock, int most) {
        this.apps = apps;
        this.store = new JobStore(database);
        this.clock = clock;
        this.most = most;
    }

    public void mount(Endpoints endpoints) {
        String one = "/apps/:app/jobs/:job";
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/jobs",
                request -> apps.find(request)
                        .compose(app -> store.of(app.id())
                                .map(jobs -> Answer.list(
                                        jobs.stream().map(job -> json(app, job)).toList(), "created_at", "id"))));
        endpoints.add(HttpMethod.POST, "/apps/:app/jobs", this::create);
        endpoints.add(HttpMethod.GET, one, request -> with(request, (app, job) -> answer(app, job)));
        endpoints.add(
                HttpMethod.PATCH,
                one,
                request -> with(request, (app, job) -> {
                    Job.Draft draft = draft(request.body(), Optional.of(job.draft()));
                    return store.change(job.id(), draft, nextTick(job, draft)).compose(changed -> answer(app, changed));
                }));
        endpoints.add(
                HttpMethod.DELETE,
                one,
                request -> with(request, (app, job) -> store.delete(job.id()).compose(gone -> answer(app, job))));
        endpoints.add(
                HttpMethod.GET,
                one + "/runs",
                request -> with(
                        request,
                        (app, job) -> store.runs(job.id())
                                .map(runs -> Answer.list(
                                        runs.stream().map(Jobs::json).toList(), "scheduled_for", "id"))));
    }

    private Future<Answer> create(Request request) {
        Job.Draft draft = draft(request.body(), Optional.empty());
        return apps.find(request)
                .compose(app -> store.of(app.id())
                        .compose(jobs -> jobs.size() >= most
                                ? Future.failedFuture(
                                        ApiException.invalid("An app has " + most + " scheduler jobs at most."))
                                : store.create(app.id(), draft, draft.schedule().next(clock.instant())))
                        .map(job -> Answer.created(json(app, job))));
    }

    private Future<Answer> with(Request request, BiFunction<App, Job, Future<Answer>> then) {
        return apps.find(request)
                .compose(app -> store.find(app.id(), request.id("job"))
                        .compose(job -> then.apply(app, job.orElseThrow(() -> ApiException.notFound("job")))));
    }

    /** Changing something else does not make a job that is due wait for its next time. */
    private Instant nextTick(Job job, Job.Draft draft) {
        OffsetDateTime before = job.nextTick();
        return before != null && draft.schedule().equals(job.schedule())
                ? before.toInstant()
                : draft.schedule().next(clock.instant());
    }

    private static Job.Draft draft(Body body, Optional<Job.Draft> before) {
        String command = body.text("command")
                .map(String::strip)
                .or(() -> before.map(Job.Draft::command))
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> ApiException.invalid("command: missing (expected: a string)"));
        JobSchedule schedule = body.text("schedule")
                .map(Jobs::schedule)
                .or(() -> before.map(Job.Draft::schedule))
                .orElseThrow(
                        () -> ApiException.invalid(
                                "schedule: missing (expected: every 10 minutes, every hour at :20, every day at 08:30, or a cron expression)"));
        String size = body.text("size").or(() -> before.map(Job.Draft::size)).orElse(DynoSize.STANDARD_1X.word());
        return new Job.Draft(
                command,
                DynoSize.of(size)
                        .orElseThrow(() ->
                                ApiException.invalid("size: " + size + " (expected: one of " + DynoSize.words() + ")"))
                        .word(),
                schedule,
                one(body, "overlap", OVERLAP, before.map(Job.Draft::overlap)),
                one(body, "catch_up", CATCH_UP, before.map(Job.Draft::catchUp)),
                body.flag("enabled").or(() -> before.map(Job.Draft::isEnabled)).orElse(true));
    }

    private static JobSchedule schedule(String text) {
        try {
            return JobSchedule.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw ApiException.invalid("schedule: " + text + ": " + wrong.getMessage());
        }
    }

    /** The first is the default. */
    private static String one(Body body, String field, List<String> words, Optional<String> before) {
        String word = body.text(field).or(() -> before).orElse(words.get(0));
        if (!words.contains(word)) {
            throw ApiException.invalid(field + ": " + word + " (expected: " + String.join(" or ", words) + ")");
        }
        return word;
    }

    private static Future<Answer> answer(App app, Job job) {
        return Future.succeededFuture(Answer.ok(json(app, job)));
    }

    private static ObjectNode json(App app, Job job) {
        ObjectNode json = Representation.identified(job.id());
        json.set("app", Representation.named(app.id(), app.name()));
        json.put("command", job.command()).put("size", job.size());
        json.put("schedule", job.schedule().text());
        json.put("overlap", job.overlap()).put("catch_up", job.catchUp()).put("enabled", job.isEnabled());
        json.put("next_run_at", time(job.nextTick()));
        json.put("created_at", Representation.time(job.createdAt()));
        return json.put("updated_at", Representation.time(job.updatedAt()));
    }

    private static ObjectNode json(JobRun run) {
        ObjectNode json = Representation.identified(run.id());
        json.putObject("job").put("id", run.jobId().toString());
        json.put("scheduled_for", Representation.time(run.tick())).put("status", run.status());
        if (run.dynoId() == null) {
            json.putNull("dyno");
        } else {
            json.putObject("dyno").put("id", run.dynoId().toString()).put("name", run.dyno());
        }
        json.put("exit_status", run.exitStatus()).put("reason", run.reason());
        json.put("created_at", Representation.time(run.createdAt()));
        return json.put("ended_at", time(run.endedAt()));
    }

    private static @Nullable String time(@Nullable OffsetDateTime at) {
        return at == null ? null : Representation.time(at);
    }
}
