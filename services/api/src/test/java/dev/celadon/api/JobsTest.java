package dev.celadon.api;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.api.apps.ConfigStore;
import dev.celadon.api.jobs.JobClock;
import dev.celadon.api.processes.OneOffStore;
import dev.celadon.contract.JobRunMissed;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scheduler jobs: exactly one run per tick, whoever looks, and what is told of runs that were not. */
class JobsTest {
    /** Far from today, so that the API's own clock finds nothing to do here. */
    private static final Instant TICK = Instant.parse("2100-01-01T08:30:00Z");

    @TempDir
    Path directory;

    private RunningApi api;
    private String path = "";

    @BeforeEach
    void start() throws Exception {
        api = new RunningApi(directory, Map.of());
        String app = api.call(201, "POST", "/apps", "{}").get("name").asText();
        path = "/apps/" + app;
        api.build(app, "{\"web\":\"serve\",\"report\":\"bin/report --all\"}", "null");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.get(path + "/releases").size() == 2);
    }

    @AfterEach
    void stop() throws Exception {
        api.close();
    }

    @Test
    void aJobRunsOnceAtItsTimeHoweverManyLook() throws Exception {
        JsonNode job = job("{\"command\":\"report -v\",\"schedule\":\"every day at 08:30\"}");
        List<Future<Void>> looks = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            looks.add(clock(TICK.plusSeconds(1)).look());
        }
        Future.all(looks).await(20, SECONDS);
        assertThat(oneOffs()).isEqualTo("scheduler.1 bin/report --all -v");
        JsonNode run = api.get(runs(job)).get(0);
        assertThat(run.get("scheduled_for").asText()).isEqualTo("2100-01-01T08:30:00Z");
        assertThat(run.get("status").asText()).isEqualTo("running");
        assertThat(run.at("/dyno/name").asText()).isEqualTo("scheduler.1");
        assertThat(api.get(path + "/jobs").get(0).get("next_run_at").asText()).isEqualTo("2100-01-02T08:30:00Z");
        end("scheduler.1", 3);
        JsonNode ended = api.get(runs(job)).get(0);
        assertThat(ended.get("status").asText()).isEqualTo("failed");
        assertThat(ended.get("exit_status").asInt()).isEqualTo(3);
    }

    @Test
    void whenTheOneThatRunsItDiesAtTheTickAnotherRunsIt() throws Exception {
        job("{\"command\":\"true\",\"schedule\":\"every day at 08:30\"}");
        Platform platform = api.platform().platform();
        Promise<Void> isHolding = Promise.promise();
        Promise<Void> dies = Promise.promise();
        Future<Object> dying = platform.database()
                .transaction(client -> Database.execute(client, "select * from api.jobs for update", Tuple.tuple())
                        .onSuccess(held -> isHolding.complete())
                        .compose(held -> dies.future())
                        .compose(died -> Future.failedFuture("power cut")));
        isHolding.future().await(10, SECONDS);
        clock(TICK).look().await(10, SECONDS);
        assertThat(oneOffs()).isEmpty();
        dies.complete();
        Future.join(List.of(dying)).otherwiseEmpty().await(10, SECONDS);
        clock(TICK.plusSeconds(2)).look().await(10, SECONDS);
        assertThat(oneOffs()).isEqualTo("scheduler.1 true");
    }

    @Test
    void aRunIsSkippedWhileTheLastGoesOnUnlessTheJobAllowsIt() throws Exception {
        JsonNode job = job("{\"command\":\"true\",\"schedule\":\"30 8 * * *\"}");
        clock(TICK).look().await(10, SECONDS);
        clock(TICK.plus(Duration.ofDays(1))).look().await(10, SECONDS);
        assertThat(api.get(runs(job)).findValuesAsText("status")).containsExactly("skipped", "running");
        api.call(200, "PATCH", path + "/jobs/" + job.get("id").asText(), "{\"overlap\":\"allow\"}");
        clock(TICK.plus(Duration.ofDays(2))).look().await(10, SECONDS);
        assertThat(api.get(runs(job)).findValuesAsText("status")).containsExactly("running", "skipped", "running");
    }

    @Test
    void missedRunsAreKnownAndMadeUpForOnceOrNot() throws Exception {
        JsonNode once = job("{\"command\":\"true\",\"schedule\":\"30 8 * * *\"}");
        JsonNode never = job("{\"command\":\"true\",\"schedule\":\"30 8 * * *\",\"catch_up\":\"skip\"}");
        clock(TICK.plus(Duration.ofDays(2)).plusSeconds(3_600)).look().await(10, SECONDS);
        assertThat(api.get(runs(once)).findValuesAsText("status")).containsExactly("running", "missed", "missed");
        assertThat(api.get(runs(never)).findValuesAsText("status")).containsExactly("missed", "missed", "missed");
    }

    @Test
    void aMissedRunIsAnEventAndALineOfTheAppsLog() throws Exception {
        Platform platform = api.platform().platform();
        List<JobRunMissed> events = new CopyOnWriteArrayList<>();
        platform.bus().subscribe(Topic.JOB_RUN_MISSED, events::add).await(10, SECONDS);
        List<String> lines = new CopyOnWriteArrayList<>();
        platform.internal()
                .router()
                .post("/logplex/lines")
                .handler(context -> context.request().body().onSuccess(body -> {
                    lines.add(body.toString());
                    context.response().setStatusCode(204).end();
                }));
        api.execute(
                "insert into runtime.members (id, url, services, seen_at) values ('n-log', $1, '{logplex}', now() + interval '1 hour')",
                platform.internal().url());
        await().until(() -> !platform.members().serving("logplex").isEmpty());
        JsonNode job = job("{\"command\":\"report\",\"schedule\":\"30 8 * * *\",\"catch_up\":\"skip\"}");
        clock(TICK.plus(Duration.ofDays(1)).plusSeconds(3_600)).look().await(10, SECONDS);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> lines.toString().contains("Job `report` missed 2 runs, the last at 2100-01-02T08:30:00Z"));
        await().atMost(Duration.ofSeconds(20)).until(() -> !events.isEmpty());
        assertThat(events.get(0).jobId()).hasToString(job.get("id").asText());
    }

    @Test
    void aJobThatIsSwitchedOffDoesNotRun() throws Exception {
        JsonNode job = job("{\"command\":\"true\",\"schedule\":\"30 8 * * *\"}");
        JsonNode off = api.call(200, "PATCH", path + "/jobs/" + job.get("id").asText(), "{\"enabled\":false}");
        assertThat(off.get("next_run_at").isNull()).isTrue();
        clock(TICK).look().await(10, SECONDS);
        assertThat(oneOffs()).isEmpty();
    }

    @Test
    void wrongJobsAreRefusedWithWhatIsWrong() throws Exception {
        assertThat(refusal("{\"schedule\":\"every hour\"}")).contains("command: missing");
        assertThat(refusal("{\"command\":\"a\"}")).contains("schedule: missing");
        assertThat(refusal("{\"command\":\"a\",\"schedule\":\"61 * * * *\"}")).contains("minute: 61");
        assertThat(refusal("{\"command\":\"a\",\"schedule\":\"hourly\",\"overlap\":\"no\"}"))
                .contains("overlap: no (expected: skip or allow)");
        assertThat(refusal("{\"command\":\"a\",\"schedule\":\"hourly\",\"size\":\"huge\"}"))
                .contains("size: huge");
        api.call(404, "GET", path + "/jobs/" + UUID.randomUUID(), "");
    }

    private String refusal(String body) throws Exception {
        return api.call(422, "POST", path + "/jobs", body).get("message").asText();
    }

    private JsonNode job(String body) throws Exception {
        JsonNode job = api.call(201, "POST", path + "/jobs", body);
        api.execute(
                "update api.jobs set next_tick = $1 where id = $2",
                TICK.atOffset(ZoneOffset.UTC),
                UUID.fromString(job.get("id").asText()));
        return job;
    }

    private String runs(JsonNode job) {
        return path + "/jobs/" + job.get("id").asText() + "/runs";
    }

    private JobClock clock(Instant now) {
        Platform platform = api.platform().platform();
        return new JobClock(
                platform.database(),
                new OneOffStore(platform.database(), new ConfigStore(platform.database(), platform.keys())),
                platform.bus(),
                platform.appLog(),
                Clock.fixed(now, ZoneOffset.UTC),
                Duration.ofMinutes(1));
    }

    private String oneOffs() throws Exception {
        return api.value("select string_agg(name || ' ' || command, ', ') from api.one_offs")
                .replace("null", "");
    }

    private void end(String name, int status) throws Exception {
        api.execute("update api.one_offs set ended_at = now(), exit_status = $2 where name = $1", name, status);
        clock(TICK.plusSeconds(2)).look().await(10, SECONDS);
    }
}
