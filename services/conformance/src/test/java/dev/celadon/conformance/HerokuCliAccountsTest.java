package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who somebody is and what that opens, with Heroku's own command line. */
@ExtendWith(SharedGround.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HerokuCliAccountsTest {
    private static final Pattern LOGIN_PAGE = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/cli/browser/[\\w-]+");

    @TempDir
    static Path directory;

    private CliGround ground;
    private RunningPlatform platform;
    private HerokuCli heroku;

    @BeforeAll
    void start(CliGround shared) throws Exception {
        ground = shared;
        ground.secret("anns-password");
        platform = ground.platform();
        heroku = ground.heroku();
    }

    @Test
    void aPersonLogsInWithAPasswordAndOutAgain() throws Exception {
        HerokuCli person = ground.user("with-password", "");
        try (CliTerminal terminal = person.onTerminal(directory, Map.of(), "login", "-i")) {
            terminal.awaitText("Email").type("admin@localhost\r");
            terminal.awaitText("Password").type("operators-password\r");
            assertThat(terminal.end()).contains("Logged in as").contains("admin@localhost");
        }
        assertThat(person.run(directory, "whoami")).contains("admin@localhost");
        String token = person.run(directory, "auth:token")
                .lines()
                .filter(line -> line.strip().matches("[0-9a-f-]{30,}"))
                .findFirst()
                .orElseThrow()
                .strip();
        person.run(directory, "logout");
        assertThat(person.tryTo(directory, "whoami").exit()).isEqualTo(100);
        assertThat(ground.user("after-logout", token).tryTo(directory, "apps").exit())
                .isNotZero();
    }

    @Test
    void aPersonLogsInWithABrowser() throws Exception {
        HerokuCli person = ground.user("with-browser", "");
        Map<String, String> headless = Map.of("HEROKU_TESTING_HEADLESS_LOGIN", "1");
        try (CliTerminal terminal = person.onTerminal(directory, headless, "login")) {
            terminal.awaitText("to login or").type("\r");
            terminal.awaitText("/cli/browser/");
            Matcher page = LOGIN_PAGE.matcher(terminal.text());
            assertThat(page.find()).isTrue();
            HttpResponse<String> confirmed = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(page.group()))
                                    .header("Content-Type", "application/x-www-form-urlencoded")
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            "email=admin%40localhost&password=operators-password"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(confirmed.statusCode()).isEqualTo(200);
            assertThat(terminal.end()).contains("Logged in as").contains("admin@localhost");
        }
        assertThat(person.run(directory, "whoami")).contains("admin@localhost");
    }

    @Test
    void aRegisteredKeyPushesOverSshUntilItIsRemoved() throws Exception {
        Path key = directory.resolve("key");
        platform.run(directory, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "me@laptop", "-f", key.toString());
        heroku.run(directory, "create", "by-key");
        assertThat(heroku.run(directory, "keys:add", key + ".pub")).contains("done");
        assertThat(heroku.run(directory, "keys", "-l"))
                .contains(Files.readString(Path.of(key + ".pub")).split(" ")[1]);
        assertThat(sshPush(key).output()).contains("-----> Launching... done, v2");
        ground.awaitAnswer("by-key", "web.1 nothing\n200");
        assertThat(heroku.run(directory, "keys:remove", "me@laptop")).contains("done");
        assertThat(sshPush(key).exit()).isNotZero();
    }

    @Test
    void aRevokedTokenOpensNothingAtOnce() throws Exception {
        heroku.run(directory, "create", "guarded");
        JsonNode made = new ObjectMapper()
                .readTree(json(heroku.run(directory, "authorizations:create", "-d", "for ci", "--json")));
        String id = made.get("id").asText();
        HerokuCli ci = ground.user("ci", made.at("/access_token/token").asText());
        assertThat(heroku.run(directory, "authorizations")).contains("for ci");
        assertThat(heroku.run(directory, "authorizations:info", id)).contains("for ci");
        assertThat(heroku.run(directory, "authorizations:update", id, "-d", "renamed"))
                .contains("renamed");
        heroku.run(directory, "config:set", "A=1", "-a", "guarded");
        assertThat(ci.run(directory, "logs", "-a", "guarded")).contains("heroku[api]");
        assertThat(lsRemote(ci)).isZero();
        String rotated = heroku.run(directory, "authorizations:rotate", id);
        assertThat(ci.tryTo(directory, "apps").exit()).isNotZero();
        Matcher token = Pattern.compile("Token:\\s+(\\S+)").matcher(rotated);
        assertThat(token.find()).as(rotated).isTrue();
        HerokuCli fresh = ground.user("ci-2", token.group(1));
        // The command line tells git of itself before its first command.
        fresh.run(directory, "whoami");
        assertThat(lsRemote(fresh)).isZero();
        assertThat(heroku.run(directory, "authorizations:revoke", id)).contains("done");
        assertThat(lsRemote(fresh)).isNotZero();
        assertThat(fresh.tryTo(directory, "logs", "-a", "guarded").exit()).isNotZero();
        assertThat(fresh.tryTo(directory, "apps").exit()).isNotZero();
    }

    @Test
    void whatATokenHasOpenedIsClosedWithIt() throws Exception {
        String app = ground.deployed("opened");
        JsonNode made = new ObjectMapper()
                .readTree(json(heroku.run(directory, "authorizations:create", "-d", "for a while", "--json")));
        HerokuCli guest = ground.user("guest", made.at("/access_token/token").asText());
        try (CliTerminal shell = guest.onTerminal(directory, Map.of(), "run", "-a", app, "bash");
                CliTerminal tail = guest.onTerminal(directory, Map.of(), "logs", "--tail", "-a", app)) {
            shell.awaitText("$ ");
            tail.awaitText("heroku[api]");
            heroku.run(directory, "authorizations:revoke", made.get("id").asText());
            shell.awaitEnd();
            tail.awaitEnd();
        }
    }

    @Test
    void allKeysAreForgottenAtOnce() throws Exception {
        Path key = directory.resolve("other-key");
        platform.run(directory, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "me@desk", "-f", key.toString());
        heroku.run(directory, "keys:add", key + ".pub");
        assertThat(heroku.run(directory, "keys:clear")).contains("done");
        assertThat(heroku.run(directory, "keys")).contains("no SSH keys");
    }

    @Test
    void anAppIsSharedAndHandedOver() throws Exception {
        platform.api(201, "POST", "/accounts", "{\"email\":\"ann@example.com\",\"password\":\"anns-password\"}");
        HerokuCli ann = ground.user("ann", "");
        try (CliTerminal terminal = ann.onTerminal(directory, Map.of(), "login", "-i")) {
            terminal.awaitText("Email").type("ann@example.com\r");
            terminal.awaitText("Password").type("anns-password\r");
            terminal.end();
        }
        heroku.run(directory, "create", "shared");
        assertThat(ann.tryTo(directory, "apps:info", "-a", "shared").output()).contains("Couldn't find that app.");
        heroku.run(directory, "access:add", "ann@example.com", "-a", "shared");
        assertThat(ann.run(directory, "config:set", "BY=ann", "-a", "shared")).contains("done, v2");
        assertThat(ann.tryTo(directory, "apps:destroy", "-a", "shared", "--confirm", "shared")
                        .output())
                .contains("Only the owner");
        assertThat(heroku.run(directory, "apps:transfer", "ann@example.com", "-a", "shared"))
                .contains("email sent");
        String transfer = platform.api(200, "GET", "/account/app-transfers", "")
                .get(0)
                .get("id")
                .asText();
        String token = ann.run(directory, "auth:token")
                .lines()
                .filter(line -> line.strip().matches("[0-9a-f-]{30,}"))
                .findFirst()
                .orElseThrow()
                .strip();
        platform.run(
                directory,
                "curl",
                "-sSf",
                "-X",
                "PATCH",
                "-H",
                "Authorization: Bearer " + token,
                "-H",
                "Content-Type: application/json",
                "-d",
                "{\"state\":\"accepted\"}",
                platform.variable("CELADON_API_URL") + "/account/app-transfers/" + transfer);
        assertThat(ann.run(directory, "apps:info", "-a", "shared")).containsPattern("Owner:\\s+ann@example.com");
    }

    private RunningPlatform.Result sshPush(Path key) throws Exception {
        String port = platform.setting("CELADON_GIT_SSH_PORT");
        return platform.execute(
                ground.source(),
                "git",
                "-c",
                "core.sshCommand=ssh -i " + key
                        + " -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null",
                "push",
                "--force",
                "ssh://git@127.0.0.1:" + port + "/by-key.git",
                "HEAD:main");
    }

    private int lsRemote(HerokuCli user) throws Exception {
        return user.git(
                        directory,
                        "ls-remote",
                        "https://" + platform.variable("CELADON_GIT_HOST").replace("localhost", "127.0.0.1")
                                + "/guarded.git")
                .exit();
    }

    private static String json(String output) {
        return output.substring(output.indexOf('{'));
    }
}
