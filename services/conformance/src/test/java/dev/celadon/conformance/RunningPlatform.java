package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A real platform in a process of its own, driven as a user drives it: git, curl, the HTTP API. */
final class RunningPlatform implements AutoCloseable {
    private static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();
    private static final Path CELADON = REPOSITORY.resolve("deploy/target/celadon/bin/celadon");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path data;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;
    private Map<String, String> variables = Map.of();

    RunningPlatform(Path data, Map<String, String> more) throws IOException, InterruptedException {
        this.data = data;
        settings.putAll(more);
        settings.put("CELADON_DATA", data.toString());
        for (String port : new String[] {"API", "GIT", "GIT_SSH", "ROUTER", "ROUTER_TLS", "RENDEZVOUS"}) {
            settings.putIfAbsent("CELADON_" + port + "_PORT", Integer.toString(freePort()));
        }
        start();
    }

    void start() throws IOException, InterruptedException {
        Path ready = data.resolve("celadon.env");
        Files.deleteIfExists(ready);
        process = process(REPOSITORY, CELADON.toString(), "up")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        data.resolve("celadon.log").toFile()))
                .start();
        await().atMost(Duration.ofSeconds(90)).until(() -> Files.exists(ready) || !process.isAlive());
        assertThat(process.isAlive()).as(() -> log()).isTrue();
        variables = new HashMap<>();
        for (String line : Files.readAllLines(ready)) {
            String[] pair = line.substring("export ".length()).split("=", 2);
            variables.put(pair[0], pair[1].replace("'", ""));
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get(variables.get("CELADON_INTERNAL_URL") + "/readyz") == 200);
    }

    /** Ends the process as an operator does, and starts it again; dynos run on. */
    void restart() throws IOException, InterruptedException {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        start();
    }

    String setting(String name) {
        return settings.getOrDefault(name, "");
    }

    /** As a power cut would: nothing of the platform's process runs on. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    String instance() throws IOException {
        return Files.readString(data.resolve("instance")).strip();
    }

    String variable(String name) {
        return variables.get(name);
    }

    /** @return the parsed answer; fails unless it has the expected status */
    JsonNode api(int expected, String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(variable("CELADON_API_URL") + path))
                .header("Authorization", "Bearer " + variable("CELADON_TOKEN"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/vnd.heroku+json; version=3")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as(method + " " + path + ": " + answer.body())
                .isEqualTo(expected);
        return JSON.readTree(answer.body());
    }

    String createApp() throws IOException, InterruptedException {
        return api(201, "POST", "/apps", "{}").get("name").asText();
    }

    /** A git repository with these files, committed on {@code main}. */
    Path repository(Path directory, Map<String, String> files) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        run(directory, "git", "init", "-q", "-b", "main");
        return commit(directory, files);
    }

    Path commit(Path directory, Map<String, String> files) throws IOException, InterruptedException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path target = directory.resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.getValue());
            if (file.getKey().endsWith(".sh")) {
                assertThat(target.toFile().setExecutable(true)).isTrue();
            }
        }
        run(directory, "git", "add", "-A");
        run(directory, "git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "change");
        return directory;
    }

    Result push(Path directory, String app) throws IOException, InterruptedException {
        return execute(directory, "git", "push", gitUrl(app), "main");
    }

    String gitUrl(String app) {
        return "https://celadon:" + variable("CELADON_TOKEN") + "@" + variable("CELADON_GIT_HOST") + "/" + app + ".git";
    }

    String appUrl(String app) {
        String router = variable("CELADON_ROUTER_URL");
        return "http://" + app + ".localhost:" + router.substring(router.lastIndexOf(':') + 1) + "/";
    }

    /** Through the router, with curl: the body, then the status on a line of its own. */
    String request(String app) throws IOException, InterruptedException {
        return execute(data, "curl", "-sS", "-m", "40", "-w", "\n%{http_code}", appUrl(app))
                .output();
    }

    String logs(String app) throws IOException, InterruptedException {
        String url = api(201, "POST", "/apps/" + app + "/log-sessions", "{\"lines\":1500}")
                .get("logplex_url")
                .asText();
        return execute(data, "curl", "-sS", "-m", "10", url).output();
    }

    record Result(int exit, String output) {}

    Result execute(Path directory, String... command) throws IOException, InterruptedException {
        Process started = process(directory, command).redirectErrorStream(true).start();
        String output = new String(started.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(started.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Result(started.exitValue(), output);
    }

    void run(Path directory, String... command) throws IOException, InterruptedException {
        Result result = execute(directory, command);
        assertThat(result.exit()).as(result.output()).isZero();
    }

    String log() {
        try {
            return Files.readString(data.resolve("celadon.log"));
        } catch (IOException none) {
            return "no log: " + none.getMessage();
        }
    }

    /** Ends the platform and its dynos, and shows that the host is as it was. */
    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String instance = instance();
        run(REPOSITORY, CELADON.toString(), "clean");
        assertThat(Traces.ofInstance(instance)).isEmpty();
    }

    private ProcessBuilder process(Path directory, String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CELADON_"));
        builder.environment().putAll(settings);
        builder.environment().put("GIT_TERMINAL_PROMPT", "0");
        if (!variables.isEmpty()) {
            builder.environment().put("GIT_SSL_CAINFO", variable("CELADON_CA"));
        }
        return builder;
    }

    private int get(String url) {
        try {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException | InterruptedException unreachable) {
            return 0;
        }
    }

    /** Below those that the kernel gives to connections: between this look and the start nobody is given it. */
    static int freePort() throws IOException {
        int port = ThreadLocalRandom.current().nextInt(20_000, 32_768);
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.getLocalPort();
        } catch (BindException taken) {
            return freePort();
        }
    }
}
