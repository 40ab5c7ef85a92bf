package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From a change to what visitors get: config, pipelines, domains and certificates, with Heroku's own command line. */
@ExtendWith(SharedGround.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HerokuCliDeliveryTest {
    @TempDir
    static Path directory;

    private CliGround ground;
    private HerokuCli heroku;
    private String app;

    @BeforeAll
    void start(CliGround shared) throws Exception {
        ground = shared;
        heroku = ground.heroku();
        app = ground.deployed("staged");
    }

    @Test
    void aPromotedAppServesTheSameSlugWithItsOwnConfig() throws Exception {
        heroku.run(directory, "create", "in-production");
        heroku.run(directory, "config:set", "SAY=" + ground.secret("for-real"), "-a", "in-production");
        assertThat(heroku.run(directory, "pipelines:create", "line", "-a", app, "-s", "staging"))
                .contains("Adding staged to line pipeline as staging... done");
        heroku.run(directory, "pipelines:add", "line", "-a", "in-production", "-s", "production");
        assertThat(heroku.run(directory, "pipelines:promote", "-a", app)).contains("in-production: succeeded");
        ground.awaitAnswer("in-production", "web.1 for-real\n200");
        assertThat(heroku.run(directory, "apps:diff", app, "in-production")).doesNotContain("slug (checksum)");
        assertThat(heroku.run(directory, "pipelines:info", "line")).contains("staged", "in-production");
        assertThat(heroku.tryTo(directory, "pipelines:diff", "-a", app).output())
                .contains("does not seem to be connected to GitHub");
        ground.platform()
                .api(201, "POST", "/accounts", "{\"email\":\"eve@example.com\",\"password\":\"eves-password\"}");
        assertThat(heroku.run(directory, "pipelines:transfer", "eve@example.com", "-p", "line", "--confirm", "line"))
                .contains("done");
        assertThat(heroku.run(directory, "apps:info", "-a", app)).containsPattern("Owner:\\s+eve@example.com");
    }

    @Test
    void anEditedConfigIsServed() throws Exception {
        String edited = ground.deployed("edited");
        Path editor = Files.writeString(directory.resolve("editor"), "#!/bin/sh\necho \"SAY='by hand'\" > \"$1\"\n");
        assertThat(editor.toFile().setExecutable(true)).isTrue();
        try (CliTerminal terminal =
                heroku.onTerminal(directory, Map.of("EDITOR", editor.toString()), "config:edit", "-a", edited)) {
            terminal.awaitText("Update config on").type("y\r");
            terminal.end();
        }
        assertThat(heroku.run(directory, "config", "-a", edited)).contains("SAY: by hand");
        ground.awaitAnswer(edited, "web.1 " + ground.secret("by hand") + "\n200");
        assertThat(heroku.tryTo(directory, "releases:retry", "-a", edited).output())
                .contains("must have a release-phase command");
        assertThat(heroku.run(directory, "releases:output", "v2", "-a", edited)).contains("no release output");
    }

    @Test
    void aDomainAndItsCertificateReachTheRouters() throws Exception {
        heroku.run(directory, "domains:add", "www.example.com", "-a", app);
        heroku.run(directory, "domains:add", "shop.example.com", "-a", app);
        assertThat(heroku.run(directory, "domains:info", "www.example.com", "-a", app))
                .containsPattern("status:\\s+succeeded");
        assertThat(heroku.run(directory, "domains:wait", "www.example.com", "-a", app))
                .contains("done");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(ground.requestFor("www.example.com")).isEqualTo("web.1 nothing\n200"));
        certificate();
        ground.secret(Files.readAllLines(directory.resolve("key.pem")).get(1));
        try (CliTerminal terminal =
                heroku.onTerminal(directory, Map.of(), "certs:add", "chain.pem", "key.pem", "-a", app)) {
            terminal.awaitText("Which of these domains").type("a\r");
            terminal.end();
        }
        assertThat(heroku.run(directory, "certs", "-a", app)).contains("www.example.com", "SNI");
        assertThat(heroku.run(directory, "certs:info", "-a", app)).contains("self signed");
        awaitServed("www.example.com", "issuer=CN=www.example.com");
        assertThat(heroku.run(directory, "certs:update", "chain.pem", "key.pem", "--confirm", app, "-a", app))
                .contains("done");
        assertThat(heroku.run(directory, "certs:remove", "--confirm", app, "-a", app))
                .contains("done");
        awaitServed("www.example.com", "issuer=CN=Celadon local CA");
        assertThat(heroku.run(directory, "certs:auto:enable", "-a", app)).contains("starting");
        assertThat(heroku.run(directory, "certs:auto:refresh", "-a", app)).contains("done");
        assertThat(heroku.run(directory, "certs:auto:disable", "--confirm", app, "-a", app))
                .contains("done");
        assertThat(heroku.run(directory, "domains:clear", "-a", app)).contains("done");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(ground.requestFor("www.example.com")).endsWith("404"));
    }

    @Test
    void aPipelineIsListedChangedAndTakenApart() throws Exception {
        heroku.run(directory, "create", "first-stage");
        heroku.run(directory, "pipelines:create", "taken-apart", "-a", "first-stage", "-s", "development");
        assertThat(heroku.run(directory, "pipelines")).contains("taken-apart");
        assertThat(heroku.run(directory, "pipelines:update", "-a", "first-stage", "-s", "staging"))
                .contains("staging... done");
        assertThat(heroku.run(directory, "pipelines:rename", "taken-apart", "taken-over"))
                .contains("done");
        assertThat(heroku.run(directory, "pipelines:info", "taken-over")).contains("first-stage");
        assertThat(heroku.run(directory, "pipelines:remove", "-a", "first-stage"))
                .contains("done");
        assertThat(heroku.run(directory, "pipelines:destroy", "taken-over")).contains("done");
        assertThat(heroku.run(directory, "pipelines")).doesNotContain("taken-");
    }

    @Test
    void featuresAreExplainedAndSwitched() throws Exception {
        assertThat(heroku.run(directory, "features", "-a", app)).contains("preboot");
        assertThat(heroku.run(directory, "features:info", "preboot", "-a", app)).contains("preboot");
        heroku.run(directory, "features:enable", "preboot", "-a", app);
        assertThat(heroku.run(directory, "features", "-a", app)).contains("[+] preboot");
        assertThat(heroku.run(directory, "features:disable", "preboot", "-a", app))
                .contains("done");
        assertThat(heroku.run(directory, "labs", "-a", app)).contains("log-runtime-metrics");
        assertThat(heroku.run(directory, "labs:info", "log-runtime-metrics", "-a", app))
                .contains("log-runtime-metrics");
        heroku.run(directory, "labs:enable", "log-runtime-metrics", "-a", app);
        assertThat(heroku.run(directory, "labs:disable", "log-runtime-metrics", "-a", app))
                .contains("done");
    }

    @Test
    void whereThereAreNoAddonsListsAreEmptyAndErrorsSaySo() throws Exception {
        assertThat(heroku.run(directory, "addons", "-a", app)).contains("No add-ons for app staged");
        assertThat(heroku.run(directory, "addons", "--all")).contains("No add-ons");
        assertThat(heroku.tryTo(directory, "addons:create", "heroku-postgresql", "-a", app)
                        .output())
                .contains("Couldn't find the add-on service heroku-postgresql");
        assertThat(heroku.tryTo(directory, "addons:destroy", "postgres", "-a", app)
                        .output())
                .contains("Couldn't find that add on");
        assertThat(heroku.run(directory, "addons:services")).doesNotContain("Error");
    }

    @Test
    void anAppIsClonedAndItsBuildpacksAreListedInOrder() throws Exception {
        heroku.run(directory, "git:clone", "cloned", "-a", app);
        assertThat(directory.resolve("cloned/server.py")).exists();
        heroku.run(directory, "buildpacks:add", "heroku/nodejs", "-a", app);
        assertThat(heroku.run(directory, "buildpacks:add", "-i", "1", "heroku/python", "-a", app))
                .containsSubsequence("1. heroku/python", "2. heroku/nodejs");
        heroku.run(directory, "buildpacks:remove", "heroku/python", "-a", app);
        assertThat(heroku.run(directory, "buildpacks:clear", "-a", app)).contains("Buildpacks cleared");
    }

    private void certificate() throws Exception {
        ground.platform()
                .run(
                        directory,
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "30",
                        "-subj",
                        "/CN=www.example.com",
                        "-addext",
                        "subjectAltName=DNS:www.example.com",
                        "-keyout",
                        "key.pem",
                        "-out",
                        "chain.pem");
    }

    /** The router shows this name a certificate in which the text is. */
    private void awaitServed(String host, String text) {
        String port = ground.platform().setting("CELADON_ROUTER_TLS_PORT");
        String ask = "openssl s_client -connect 127.0.0.1:" + port + " -servername " + host
                + " </dev/null 2>/dev/null | openssl x509 -noout -issuer -nameopt RFC2253";
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(ground.platform()
                                .execute(directory, "sh", "-c", ask)
                                .output())
                        .contains(text));
    }
}
