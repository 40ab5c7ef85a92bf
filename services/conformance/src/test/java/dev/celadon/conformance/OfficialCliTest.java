package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The official command line drives a running platform: what a developer types, and what it says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OfficialCliTest {
    @TempDir
    static Path directory;

    private RunningPlatform platform;
    private OfficialCli cli;
    private Path work;

    @BeforeAll
    void start() throws Exception {
        platform = new RunningPlatform(
                Files.createDirectories(directory.resolve("data")), Map.of("CELADON_ADMIN_PASSWORD", "operators-password"));
        cli = new OfficialCli(platform, Files.createDirectories(directory.resolve("home")));
        work = platform.repository(
                directory.resolve("work"),
                Map.of(
                        "Procfile", "web: python3 -m http.server $PORT\nworker: sleep 1000\n",
                        "requirements.txt", "",
                        "version", "one"));
    }

    @AfterAll
    void stop() throws Exception {
        platform.close();
    }

    @Test
    void anAppIsCreatedPushedScaledConfiguredAndRolledBack() throws Exception {
        assertThat(say("whoami")).contains("admin@localhost");
        assertThat(say("create", "cli-app")).contains("Creating cli-app... done", "/cli-app.git");
        assertThat(say("apps")).contains("cli-app");
        assertThat(say("info")).contains("=== cli-app", "Owner:", "admin@localhost");
        RunningPlatform.Result push = cli.run(work, Map.of(), List.of("git", "push", "heroku", "main"));
        assertThat(push.exit()).as(push.output()).isZero();
        assertThat(platform.request("cli-app")).endsWith("200");
        assertThat(say("ps")).contains("web.1: up");
        assertThat(say("ps:scale", "web=1", "worker=1")).contains("worker at 1:standard-1X");
        assertThat(say("ps:type")).contains("standard-1X");
        assertThat(say("config:set", "A=1", "B=2")).contains("done, v3");
        assertThat(say("config:get", "A")).isEqualTo("1\n");
        assertThat(say("config:unset", "B")).contains("done, v4");
        assertThat(say("config")).contains("A: 1").doesNotContain("B: 2");
        assertThat(say("releases")).contains("v4", "Remove B config vars", "Deploy");
        assertThat(say("releases:info", "v3")).contains("B: 2");
        assertThat(say("releases:rollback", "v3")).contains("done, v5");
        assertThat(say("ps:restart")).contains("done");
        await().atMost(Duration.ofSeconds(60)).until(() -> say("ps").contains("worker.1: up"));
        assertThat(say("logs", "-n", "100")).contains("heroku[web.1]: State changed from");
        assertThat(say("maintenance:on")).contains("done");
        await().atMost(Duration.ofSeconds(40)).until(() -> platform.request("cli-app").endsWith("503"));
        assertThat(say("maintenance:off")).contains("done");
        assertThat(say("apps:rename", "cli-other")).contains("done", "cli-other.git");
        assertThat(say("apps:destroy", "--confirm", "cli-other")).contains("done");
        assertThat(cli.herokuAs(platform.variable("CELADON_TOKEN"), work, "info", "-a", "cli-other").output())
                .contains("Couldn't find that app.");
    }

    @Test
    void whatBelongsToAnAppIsListedAndChanged() throws Exception {
        Path empty = Files.createDirectories(directory.resolve("empty"));
        cli.heroku(empty, "create", "cli-parts");
        assertThat(part(empty, "buildpacks:set", "heroku/nodejs")).contains("will use heroku/nodejs");
        assertThat(part(empty, "buildpacks:clear")).contains("cleared");
        assertThat(part(empty, "domains:add", "www.parts.example")).contains("done");
        assertThat(part(empty, "domains")).contains("www.parts.example");
        assertThat(part(empty, "domains:remove", "www.parts.example")).contains("done");
        assertThat(part(empty, "drains:add", "syslog://127.0.0.1:5140")).contains("Successfully added");
        assertThat(part(empty, "drains")).contains("syslog://127.0.0.1:5140 (d.");
        assertThat(part(empty, "drains:remove", "syslog://127.0.0.1:5140")).contains("Successfully removed");
        assertThat(part(empty, "access")).contains("owner");
        assertThat(part(empty, "features:enable", "preboot")).contains("done");
        assertThat(part(empty, "webhooks:add", "-i", "api:release", "-l", "notify", "-u", "http://127.0.0.1:9/hook"))
                .contains("Webhooks Signing Secret");
        assertThat(part(empty, "webhooks")).contains("api:release");
        assertThat(part(empty, "certs")).contains("no SSL certificates");
        assertThat(part(empty, "certs:auto:enable")).contains("Enabling Automatic Certificate Management... ");
        assertThat(part(empty, "pipelines:create", "cli-line", "-s", "staging")).contains("done");
        assertThat(cli.heroku(empty, "pipelines:info", "cli-line")).contains("staging");
        assertThat(cli.heroku(empty, "authorizations:create", "-d", "ci", "-e", "3600")).contains("Token:");
        assertThat(cli.heroku(empty, "authorizations")).contains("ci");
        assertThat(cli.heroku(empty, "regions")).contains("local");
        assertThat(part(empty, "apps:stacks")).contains("* cedar");
        assertThat(part(empty, "git:remote")).contains("set git remote heroku");
    }

    @Test
    void aCollaboratorHasAccessUntilRemoved() throws Exception {
        Path empty = Files.createDirectories(directory.resolve("shared"));
        cli.heroku(empty, "create", "cli-shared");
        platform.api(201, "POST", "/accounts", "{\"email\":\"joe@example.com\",\"password\":\"joes-password\"}");
        String pair = Base64.getEncoder()
                .encodeToString("joe@example.com:joes-password".getBytes(StandardCharsets.UTF_8));
        RunningPlatform.Result made = platform.execute(
                empty, "curl", "-sS", "-X", "POST", "-H", "Authorization: Basic " + pair, "-d", "{}", platform.variable("CELADON_API_URL") + "/oauth/authorizations");
        String token = new ObjectMapper()
                .readTree(made.output())
                .at("/access_token/token")
                .asText();
        assertThat(cli.herokuAs(token, empty, "info", "-a", "cli-shared").exit()).isNotZero();
        assertThat(cli.heroku(empty, "access:add", "joe@example.com", "-a", "cli-shared")).contains("done");
        assertThat(cli.herokuAs(token, empty, "info", "-a", "cli-shared").exit()).isZero();
        assertThat(cli.heroku(empty, "access:remove", "joe@example.com", "-a", "cli-shared")).contains("done");
        assertThat(cli.herokuAs(token, empty, "info", "-a", "cli-shared").exit()).isNotZero();
    }

    private String say(String... arguments) throws Exception {
        return cli.heroku(work, arguments);
    }

    private String part(Path empty, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-a", "cli-parts"));
        return cli.heroku(empty, all.toArray(String[]::new));
    }
}
