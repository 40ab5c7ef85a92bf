package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the tests of Heroku's command line stand on: a running platform, an operator, a source tree with web and worker. */
final class CliGround implements AutoCloseable {
    private static final String SERVER = """
            import http.server, os
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    print("asked for", self.path, flush=True)
                    body = (os.environ["DYNO"] + " " + os.environ.get("SAY", "nothing")).encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
            http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
            """;

    private final Path directory;
    private final RunningPlatform platform;
    private final HerokuCli heroku;
    private final Path source;
    private final List<String> secrets = new ArrayList<>();

    /** @param settings of the platform, beside those of every test */
    CliGround(Path directory, Map<String, String> settings) throws IOException, InterruptedException {
        HerokuCli.install();
        this.directory = directory;
        platform = new RunningPlatform(Files.createDirectories(directory.resolve("data")), settings);
        heroku = user("operator", platform.variable("CELADON_TOKEN"));
        source = platform.repository(
                directory.resolve("source"),
                Map.of(
                        "Procfile",
                        "web: python3 server.py\nworker: while true; do echo working; sleep 1; done\n",
                        "server.py",
                        SERVER));
    }

    RunningPlatform platform() {
        return platform;
    }

    /** The operator's. */
    HerokuCli heroku() {
        return heroku;
    }

    Path source() {
        return source;
    }

    HerokuCli user(String name, String token) throws IOException {
        if (!token.isEmpty()) {
            secret(token);
        }
        return new HerokuCli(platform, directory.resolve("home-" + name), token);
    }

    /** An app that the source was pushed to and that answers. */
    String deployed(String app) throws Exception {
        heroku.run(directory, "create", app);
        RunningPlatform.Result push = platform.push(source, app);
        assertThat(push.exit()).as(push.output()).isZero();
        awaitAnswer(app, "web.1 nothing\n200");
        return app;
    }

    void awaitAnswer(String app, String answer) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(platform.request(app)).isEqualTo(answer));
    }

    /** The body and the status that the router answers for a host name. */
    String requestFor(String host) throws Exception {
        return platform.execute(
                        directory,
                        "curl",
                        "-sS",
                        "-m",
                        "20",
                        "-w",
                        "\n%{http_code}",
                        "-H",
                        "Host: " + host,
                        platform.variable("CELADON_ROUTER_URL"))
                .output();
    }

    /** From now on it must not be seen in the platform's own log. */
    String secret(String value) {
        secrets.add(value);
        return value;
    }

    /** Ends the platform; whatever was done to it, nothing secret is in its log. */
    @Override
    public void close() throws Exception {
        platform.close();
        String log = platform.log();
        assertThat(log).contains("celadon-up");
        assertThat(secrets).noneMatch(log::contains);
    }
}
