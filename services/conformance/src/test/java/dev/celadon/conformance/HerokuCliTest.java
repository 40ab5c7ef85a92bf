package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What people type every day, with Heroku's own command line against a running platform. */
@ExtendWith(SharedGround.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HerokuCliTest {
    @TempDir
    static Path directory;

    private CliGround ground;
    private RunningPlatform platform;
    private HerokuCli heroku;
    private Path source;

    @BeforeAll
    void start(CliGround shared) throws Exception {
        ground = shared;
        platform = ground.platform();
        heroku = ground.heroku();
        source = ground.source();
        assertThat(heroku.run(source, "create", "every-day"))
                .contains("Creating every-day... done", "http://every-day.localhost:");
        RunningPlatform.Result push = heroku.git(source, "push", "heroku", "main");
        assertThat(push.exit()).as(push.output()).isZero();
        assertThat(push.output()).contains("-----> Launching... done, v2", "deployed to Heroku");
        awaitAnswer("web.1 nothing\n200");
    }

    @Test
    void whoIsLoggedInAndWhichAppsThereAre() throws Exception {
        assertThat(heroku.run(source, "whoami")).contains("admin@localhost");
        assertThat(heroku.run(source, "apps")).contains("every-day");
        assertThat(heroku.run(source, "apps:info")).contains("=== every-day", "Web URL:", "Dynos:", "cedar");
        assertThat(heroku.run(source, "apps", "--json")).contains("\"name\": \"every-day\"");
        assertThat(heroku.run(source, "apps:info", "--json")).contains("\"web_url\"");
        assertThat(heroku.run(source, "apps:info", "-s")).contains("git_url=https://", "region=local");
        assertThat(heroku.run(source, "regions")).contains("Runtime");
        assertThat(heroku.run(source, "stack")).contains("* cedar");
        assertThat(heroku.run(source, "apps:stacks:set", "cedar")).contains("cedar");
    }

    @Test
    void anAppIsMadeWithAllThatIsAskedFor() throws Exception {
        Path checkout = ground.platform().repository(directory.resolve("asked"), Map.of("version", "one"));
        String[] asked = {"create", "asked-for", "--stack", "cedar", "--region", "local", "-b", "heroku/python"};
        List<String> command = new ArrayList<>(List.of(asked));
        command.addAll(List.of("-r", "staging"));
        assertThat(heroku.run(checkout, command.toArray(String[]::new)))
                .contains("Setting buildpack to heroku/python... done");
        assertThat(heroku.run(checkout, "buildpacks", "-a", "asked-for")).contains("heroku/python");
        assertThat(heroku.git(checkout, "remote").output().lines()).containsExactly("staging");
        heroku.run(checkout, "create", "not-here", "--no-remote");
        assertThat(heroku.git(checkout, "remote").output().lines()).containsExactly("staging");
        assertThat(heroku.tryTo(checkout, "create", "asked-for").output()).contains("is already taken");
        assertThat(heroku.tryTo(checkout, "create", "old", "--stack", "bamboo-mri-1.9.2")
                        .output())
                .contains("use cedar");
    }

    @Test
    void dynosAreScaledListedRestartedAndStopped() throws Exception {
        assertThat(heroku.run(source, "ps:scale", "web=2", "worker=1"))
                .contains("now running web at 2:", "worker at 1:");
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(heroku.run(source, "ps"))
                        .containsPattern("web\\.1: up")
                        .containsPattern("web\\.2: up")
                        .containsPattern("worker\\.1: up"));
        assertThat(heroku.run(source, "ps:scale", "web-1")).contains("now running web at 1:");
        assertThat(heroku.run(source, "ps:restart", "--dyno-name", "worker.1")).contains("Restarting dyno worker.1");
        assertThat(heroku.run(source, "ps:restart")).contains("Restarting all dynos on every-day... done");
        assertThat(heroku.run(source, "ps:stop", "--process-type", "worker")).contains("done");
        assertThat(heroku.run(source, "ps:kill", "--dyno-name", "web.1")).contains("done");
        assertThat(heroku.run(source, "ps:type", "worker=standard-2x")).contains("standard-2X");
        heroku.run(source, "ps:wait");
        assertThat(heroku.run(source, "ps", "--json")).contains("\"name\": \"web.1\"", "\"state\": \"up\"");
        assertThat(heroku.run(source, "ps:scale")).contains("web=1:", "worker=1:standard-2X");
        heroku.run(source, "ps:scale", "worker=0:standard-1x");
    }

    @Test
    void configVarsMakeReleasesAndARollbackTakesThemBack() throws Exception {
        String app = ground.deployed("many-releases");
        assertThat(heroku.run(source, "config:set", "SAY=hej", "-a", app))
                .contains("Setting SAY and restarting " + app + "... done, v3");
        assertThat(heroku.run(source, "config:get", "SAY", "-a", app)).contains("hej");
        assertThat(heroku.run(source, "config", "-a", app)).contains("SAY: hej");
        ground.awaitAnswer(app, "web.1 hej\n200");
        assertThat(heroku.run(source, "releases", "-a", app)).contains("v3", "Set SAY config vars", "Current: v3");
        assertThat(heroku.run(source, "releases:info", "v3", "-a", app)).contains("=== Release v3", "SAY: hej");
        assertThat(heroku.run(source, "rollback", "v2", "-a", app))
                .contains("Rolling back " + app + " to v2... done, v4");
        ground.awaitAnswer(app, "web.1 nothing\n200");
        heroku.run(source, "config:set", "SAY=again", "-a", app);
        assertThat(heroku.run(source, "config:unset", "SAY", "-a", app)).contains("Unsetting SAY", "done, v6");
    }

    @Test
    void logsAreShownAndFiltered() throws Exception {
        String log = heroku.run(source, "logs", "--num", "100");
        assertThat(log)
                .containsPattern("heroku\\[api\\]: Release v2 created by admin@localhost")
                .containsPattern("heroku\\[web\\.1\\]: State changed from starting to up");
        assertThat(heroku.run(source, "logs", "--source", "app")).doesNotContain("heroku[");
        assertThat(heroku.run(source, "logs", "--dyno-name", "web.1")).doesNotContain("heroku[api]");
    }

    @Test
    void aDomainRoutesUntilItIsRemoved() throws Exception {
        assertThat(heroku.run(source, "domains:add", "shop.example.com"))
                .contains("Adding shop.example.com to every-day");
        assertThat(heroku.run(source, "domains")).contains("every-day.localhost", "shop.example.com");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(ground.requestFor("shop.example.com")).endsWith("200"));
        assertThat(heroku.run(source, "domains:remove", "shop.example.com")).contains("done");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(ground.requestFor("shop.example.com")).endsWith("404"));
    }

    @Test
    void maintenanceShowsAtTheRouter() throws Exception {
        String app = ground.deployed("in-repair");
        assertThat(heroku.run(source, "maintenance:on", "-a", app)).contains("Enabling maintenance mode");
        assertThat(heroku.run(source, "maintenance", "-a", app)).contains("on");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(platform.request(app)).endsWith("503"));
        heroku.run(source, "maintenance:off", "-a", app);
        ground.awaitAnswer(app, "web.1 nothing\n200");
    }

    @Test
    void buildpacksAreChosenAndForgotten() throws Exception {
        assertThat(heroku.run(source, "buildpacks:set", "heroku/nodejs")).contains("Buildpack set");
        assertThat(heroku.run(source, "buildpacks")).contains("heroku/nodejs");
        assertThat(heroku.run(source, "buildpacks:clear")).contains("Buildpacks cleared");
    }

    @Test
    void aCollaboratorMayPushUntilRemovedAndARevokedTokenIsNoneAtOnce() throws Exception {
        platform.api(
                201, "POST", "/accounts", "{\"email\":\"joe@example.com\",\"password\":\"correct horse battery\"}");
        String token = loginToken("joe@example.com", "correct horse battery");
        HerokuCli joe = new HerokuCli(platform, directory.resolve("joe"), token);
        assertThat(joe.tryTo(source, "apps:info", "-a", "every-day").output()).contains("Couldn't find that app.");
        assertThat(heroku.run(source, "access:add", "joe@example.com")).contains("joe@example.com", "done");
        assertThat(heroku.run(source, "access")).contains("joe@example.com");
        RunningPlatform.Result push = joe.git(source, "push", "heroku", "main:joes");
        assertThat(push.output()).as("of a collaborator").contains("skipping build");
        assertThat(joe.run(source, "run", "-a", "every-day", "echo $DYNO")).contains("run.");
        assertThat(joe.tryTo(source, "apps:destroy", "every-day", "--confirm", "every-day")
                        .exit())
                .isNotZero();
        assertThat(heroku.run(source, "access:remove", "joe@example.com")).contains("done");
        assertThat(joe.git(source, "push", "heroku", "main:other").output()).contains("not found");
        String authorization = platform.api(201, "POST", "/oauth/authorizations", "{\"description\":\"for a script\"}")
                .get("id")
                .asText();
        assertThat(heroku.run(source, "authorizations")).contains("for a script");
        assertThat(heroku.run(source, "authorizations:revoke", authorization)).contains("done");
        assertThat(heroku.run(source, "authorizations")).doesNotContain("for a script");
    }

    @Test
    void whatBelongsToAnAppIsListedAndChanged() throws Exception {
        Path checkout = platform.repository(directory.resolve("parts"), Map.of("version", "one"));
        heroku.run(checkout, "create", "many-parts");
        assertThat(heroku.run(checkout, "drains:add", "syslog://127.0.0.1:5140"))
                .contains("Successfully added");
        assertThat(heroku.run(checkout, "drains")).contains("syslog://127.0.0.1:5140 (d.");
        assertThat(heroku.run(checkout, "drains:remove", "syslog://127.0.0.1:5140"))
                .contains("Successfully removed");
        assertThat(heroku.run(checkout, "features:enable", "preboot")).contains("done");
        assertThat(heroku.run(
                        checkout, "webhooks:add", "-i", "api:release", "-l", "notify", "-u", "http://127.0.0.1:9/hook"))
                .contains("Webhooks Signing Secret");
        assertThat(heroku.run(checkout, "webhooks")).contains("api:release");
        assertThat(heroku.run(checkout, "certs")).contains("no SSL certificates");
        assertThat(heroku.run(checkout, "certs:auto:enable")).contains("Enabling Automatic Certificate Management... ");
        assertThat(heroku.run(checkout, "pipelines:create", "many-stages", "-s", "staging"))
                .contains("done");
        assertThat(heroku.run(checkout, "pipelines:info", "many-stages")).contains("staging");
        assertThat(heroku.run(checkout, "authorizations:create", "-d", "for an hour", "-e", "3600"))
                .contains("Token:");
        assertThat(heroku.run(checkout, "git:remote", "-a", "many-parts")).contains("set git remote heroku");
    }

    @Test
    void anAppIsRenamedAndDestroyed() throws Exception {
        assertThat(heroku.run(directory, "create", "short-lived")).contains("done");
        assertThat(heroku.run(directory, "apps:rename", "shorter-lived", "-a", "short-lived"))
                .contains("done");
        assertThat(heroku.run(directory, "apps:destroy", "shorter-lived", "--confirm", "shorter-lived"))
                .contains("Destroying", "done");
        RunningPlatform.Result gone = heroku.tryTo(directory, "apps:info", "-a", "shorter-lived");
        assertThat(gone.exit()).isNotZero();
        assertThat(gone.output()).contains("Couldn't find that app.");
    }

    private String loginToken(String email, String password) throws Exception {
        RunningPlatform.Result answer = platform.execute(
                directory,
                "curl",
                "-sS",
                "-u",
                email + ":" + password,
                "-H",
                "Content-Type: application/json",
                "-d",
                "{\"description\":\"login\"}",
                platform.variable("CELADON_API_URL") + "/oauth/authorizations");
        return new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(answer.output())
                .at("/access_token/token")
                .asText();
    }

    private void awaitAnswer(String answer) {
        ground.awaitAnswer("every-day", answer);
    }
}
