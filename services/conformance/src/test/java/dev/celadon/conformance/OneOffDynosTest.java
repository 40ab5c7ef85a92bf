package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code heroku run} and what stands on it, with Heroku's own command line at real terminals and pipes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneOffDynosTest {
    private static final String UNTIL_TOLD = "until [ -e /tmp/told ]; do sleep 0.1; done";

    private static final String SERVER = """
            import http.server, os
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    body = os.environ["DYNO"].encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
            http.server.ThreadingHTTPServer(("", int(os.environ.get("PORT", 5000))), Handler).serve_forever()
            """;

    @TempDir
    static Path directory;

    private RunningPlatform platform;
    private HerokuCli heroku;
    private Path source;

    @BeforeAll
    void start() throws Exception {
        HerokuCli.install();
        platform = new RunningPlatform(
                Files.createDirectories(directory.resolve("data")), Map.of("CELADON_HANGUP_EVERY", "1s"));
        heroku = new HerokuCli(platform, directory.resolve("home"), platform.variable("CELADON_TOKEN"));
        source = platform.repository(
                directory.resolve("source"),
                Map.of(
                        "Procfile",
                        "web: python3 server.py\nconsole: python3 -i\n",
                        "server.py",
                        SERVER,
                        ".profile",
                        "export PROFILED=yes\n"));
        heroku.run(source, "create", "one-offs");
        heroku.run(source, "config:set", "SAY=hej");
        RunningPlatform.Result push = heroku.git(source, "push", "heroku", "main");
        assertThat(push.exit()).as(push.output()).isZero();
    }

    @AfterAll
    void stop() throws Exception {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    void aShellAtATerminalHasItsSizeColoursAndControlKeys() throws Exception {
        try (UserTerminal terminal = new UserTerminal(heroku, source, "heroku run -x bash")) {
            terminal.await("$ ");
            terminal.type("stty size; echo $TERM $SAY $PROFILED $(id -u)\n");
            terminal.await("33 111");
            terminal.await("xterm-256color hej yes 1000");
            terminal.type("ls --color=auto /\n");
            terminal.await("\u001b[01;34m");
            terminal.await("$ ");
            terminal.type("trap 'echo caught' INT; sleep 100; echo slept $?\n");
            terminal.await("\u001b[?2004l");
            // Typed until the sleep is there to be interrupted.
            await().pollInterval(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> {
                        terminal.type("\u0003");
                        assertThat(terminal.has("caught")).isTrue();
                    });
            terminal.await("$ ");
            terminal.type("exit 5\n");
            terminal.await("Process exited with code");
            assertThat(terminal.exit()).isEqualTo(5);
        }
    }

    @Test
    void aProcessTypesNameStandsForItsCommand() throws Exception {
        try (UserTerminal terminal = new UserTerminal(heroku, source, "heroku run console")) {
            terminal.await(">>> ");
            terminal.type("print(6 * 7)\n");
            terminal.await("42");
            terminal.type("exit()\n");
            assertThat(terminal.exit()).isZero();
        }
    }

    @Test
    void theStatusIsPassedOnHoweverTheCommandEnds() throws Exception {
        assertThat(piped("", "run", "-x", "true").exit()).isZero();
        assertThat(piped("", "run", "-x", "false").exit()).isEqualTo(1);
        assertThat(piped("", "run", "-x", "--no-tty", "exit 3").exit()).isEqualTo(3);
        assertThat(piped("", "run", "-x", "kill -9 $$").exit()).isEqualTo(137);
        assertThat(piped("", "run", "exit 3").exit()).isZero();
    }

    @Test
    void noByteIsLostEitherWay() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 200_000; i++) {
            lines.append(i).append('\n');
        }
        assertThat(piped("", "run", "seq 200000").output()).isEqualTo(lines.toString());
        RunningPlatform.Result withStatus = piped("", "run", "-x", "seq 200000; exit 4");
        assertThat(withStatus.output()).isEqualTo(lines.toString());
        assertThat(withStatus.exit()).isEqualTo(4);
        String text = "tabs\tand åäö 漢字 \u0004 😀\n".repeat(20_000);
        assertThat(piped(text, "run", "--no-tty", "cat").output()).isEqualTo(text);
    }

    @Test
    void aDetachedOneSpeaksToTheLogAndIsNeverRestarted() throws Exception {
        String said = heroku.run(source, "run:detached", "echo to the log; " + UNTIL_TOLD + "; exit 7");
        String name = name(said);
        assertThat(said).contains("--dyno " + name);
        assertThat(heroku.run(source, "ps")).contains("=== run: one-off processes (1)", name + " (Standard-1X): ");
        heroku.run(source, "ps:restart");
        awaitLog(name, "app[" + name + "]: to the log");
        piped("", "run:inside", name, "touch /tmp/told");
        awaitLog(
                name, "app[" + name + "]: to the log", "Process exited with status 7", "State changed from up to down");
        assertThat(heroku.run(source, "ps")).doesNotContain(name);
        assertThat(logOf(name).split("Process exited", -1)).hasSize(2);
    }

    @Test
    void oneThatIsStoppedEndsAndWasNeverRouted() throws Exception {
        String name = name(heroku.run(source, "run:detached", "--size", "standard-2x", "PORT=5000 python3 server.py"));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(heroku.run(source, "ps")).contains(name + " (Standard-2X): up"));
        for (int i = 0; i < 10; i++) {
            assertThat(platform.request("one-offs")).isEqualTo("web.1\n200");
        }
        heroku.run(source, "ps:stop", "--dyno-name", name);
        awaitLog(name, "Stopping all processes with SIGTERM", "Process exited with status 143");
    }

    @Test
    void oneWhoseTimeIsOverEnds() throws Exception {
        String name = platform.api(
                        201, "POST", "/apps/one-offs/dynos", "{\"command\":\"sleep 1000\",\"time_to_live\":2}")
                .get("name")
                .asText();
        awaitLog(name, "Stopping all processes with SIGTERM", "State changed from up to down");
    }

    @Test
    void closingTheTerminalEndsItsDyno() throws Exception {
        String name;
        try (UserTerminal terminal = new UserTerminal(heroku, source, "heroku run bash")) {
            terminal.await("$ ");
            name = newest();
        }
        awaitLog(name, "Client connection closed. Sending SIGHUP to all processes", "State changed from up to down");
    }

    @Test
    void aCommandRunsInsideADynoThatServes() throws Exception {
        RunningPlatform.Result inside = piped("", "run:inside", "-x", "web.1", "echo $DYNO; ps ax; exit 6");
        assertThat(inside.exit()).isEqualTo(6);
        assertThat(inside.output()).startsWith("web.1\n").contains("python3 server.py");
        assertThat(platform.request("one-offs")).isEqualTo("web.1\n200");
    }

    @Test
    void aReleasePhaseDecidesAndItsOutputIsKept() throws Exception {
        Path migrating = platform.repository(
                directory.resolve("migrating"),
                Map.of(
                        "Procfile", "release: ./migrate.sh\nweb: python3 server.py\n",
                        "server.py", SERVER,
                        "migrate.sh", "#!/bin/bash\necho migrating on $DYNO\nexit ${CODE:-0}\n"));
        heroku.run(migrating, "create", "phases");
        RunningPlatform.Result push = heroku.git(migrating, "push", "heroku", "main");
        assertThat(push.output()).contains("Release command executing...", "Launching... done, v2");
        assertThat(platform.request("phases")).isEqualTo("web.1\n200");
        heroku.run(migrating, "ps:wait");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(heroku.run(migrating, "releases:output")).contains("migrating on release.1"));

        platform.commit(migrating, Map.of("migrate.sh", "#!/bin/bash\necho broken on $DYNO\nexit 3\n"));
        assertThat(heroku.git(migrating, "push", "heroku", "main").output())
                .contains("Release command of v3 failed.", "v2 serves on.");
        assertThat(heroku.run(migrating, "releases")).contains("release command failed", "Current: v2");
        assertThat(platform.request("phases")).isEqualTo("web.1\n200");
        assertThat(heroku.run(migrating, "releases:retry")).contains("broken on release.3");
    }

    @Test
    void aKilledPlatformLosesNoEnd() throws Exception {
        String detached = name(heroku.run(source, "run:detached", "sleep 3; exit 9"));
        String attached;
        try (UserTerminal terminal = new UserTerminal(heroku, source, "heroku run 'echo begun on $DYNO; cat'")) {
            terminal.await("begun on run.");
            attached = newest();
            platform.kill();
            platform.start();
        }
        awaitLog(detached, "Process exited with status 9");
        awaitLog(attached, "Client connection closed. Sending SIGHUP", "Process exited with status 129");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(heroku.run(source, "ps")).doesNotContain("run."));
        assertThat(logOf(detached).split("Process exited", -1)).hasSize(2);
    }

    /** Standard output alone, with this standard input. */
    private RunningPlatform.Result piped(String input, String... arguments) throws Exception {
        Path in = Files.writeString(Files.createTempFile(directory, "in", ""), input);
        Path out = Files.createTempFile(directory, "out", "");
        List<String> command = new ArrayList<>(List.of("heroku"));
        command.addAll(List.of(arguments));
        Process process = heroku.prepared(source, command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS))
                .as(String.join(" ", command))
                .isTrue();
        return new RunningPlatform.Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    }

    private static String name(String said) {
        Matcher name = Pattern.compile("run\\.\\d+").matcher(said);
        assertThat(name.find()).as(said).isTrue();
        return name.group();
    }

    /** The one-off dyno that was asked for last. */
    private String newest() throws Exception {
        String newest = "";
        for (var dyno : platform.api(200, "GET", "/apps/one-offs/dynos", "")) {
            String name = dyno.get("name").asText();
            if (name.startsWith("run.") && (newest.isEmpty() || number(name) > number(newest))) {
                newest = name;
            }
        }
        return newest;
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(name.indexOf('.') + 1));
    }

    private void awaitLog(String name, String... texts) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(logOf(name)).contains(texts));
    }

    private String logOf(String name) throws Exception {
        StringBuilder lines = new StringBuilder();
        platform.logs("one-offs")
                .lines()
                .filter(line -> line.contains("[" + name + "]"))
                .forEach(line -> lines.append(line).append('\n'));
        return lines.toString();
    }
}
