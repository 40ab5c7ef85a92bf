package dev.celadon.gitreceiver;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

/** The service on a real store, with the test itself playing API, compiler and manifold. */
final class Stage implements AutoCloseable {
    static final String TOKEN = "0123-secret-token";

    final UUID account = UUID.randomUUID();
    final UUID app = UUID.randomUUID();
    final Platform platform;
    final BlockingQueue<HttpServerResponse> outputs = new LinkedBlockingQueue<>();
    final BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
    final Path data;
    private final TestPlatform test;
    private GitReceiverService service;

    /** A push that waits for a compiler. */
    record Waiting(UUID id, String commit, String sourceUrl) {}

    private Stage(Path data, Map<String, String> variables) throws Exception {
        this.data = data;
        this.test = TestPlatform.start(data, "git-receiver", "compiler", "api", "manifold", "logplex");
        this.platform = test.platform();
        playTheOthers();
        this.service = new GitReceiverService(platform, settings(variables));
        service.start().await(30, SECONDS);
    }

    static Stage open(Path data, Map<String, String> variables) throws Exception {
        return new Stage(data, variables);
    }

    int port() {
        return service.port();
    }

    void restart() throws Exception {
        stop();
        start();
    }

    void stop() throws Exception {
        service.stop().await(20, SECONDS);
    }

    void start() throws Exception {
        service = new GitReceiverService(platform, settings(Map.of()));
        service.start().await(30, SECONDS);
    }

    int sshPort() {
        return service.sshPort();
    }

    String sshUrl(String appName) {
        return "ssh://git@127.0.0.1:" + sshPort() + "/" + appName + ".git";
    }

    String url(String appName) {
        return "https://celadon:" + TOKEN + "@localhost:" + port() + "/" + appName + ".git";
    }

    Optional<Waiting> waiting() throws Exception {
        return platform.database()
                .first(
                        "select id, commit_sha, source_url from git.v_pushes order by created_at limit 1",
                        Tuple.tuple(),
                        row -> new Waiting(row.getUUID("id"), row.getString("commit_sha"), row.getString("source_url")))
                .await(5, SECONDS);
    }

    Waiting awaitPush() {
        return org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(20))
                .until(this::waiting, Optional::isPresent)
                .orElseThrow();
    }

    /** A compiler takes the push; what it prints is written to the response that is returned. */
    HttpServerResponse beginBuild(UUID push) throws Exception {
        sql(
                "insert into compiler.v_builds (id, app_id, status, output_url) values ($1, $2, 'building', $3)",
                push,
                app,
                platform.internal().url() + "/compiler/builds/" + push + "/output");
        HttpServerResponse output = outputs.poll(10, SECONDS);
        if (output == null) {
            throw new IllegalStateException("nobody asked for the output");
        }
        return output;
    }

    void endBuild(UUID push, HttpServerResponse output, String status, String failure) throws Exception {
        sql("update compiler.v_builds set status = $2, failure = $3 where id = $1", push, status, failure);
        output.end().await(5, SECONDS);
    }

    void release(UUID push, int version, String rollout, String reason) throws Exception {
        sql(
                "insert into api.v_releases values ($1, $2, $3, $4, 'succeeded', true)",
                UUID.randomUUID(),
                app,
                version,
                push);
        sql("insert into manifold.v_rollouts values ($1, $2, $3, $4)", app, version, rollout, reason);
    }

    void buildWell(UUID push, int version) throws Exception {
        HttpServerResponse output = beginBuild(push);
        output.write("-----> Node.js app detected\n").await(5, SECONDS);
        endBuild(push, output, "succeeded", "");
        release(push, version, "live", "");
    }

    void sql(String statement, Object... arguments) throws Exception {
        platform.database().execute(statement, Tuple.from(List.of(arguments))).await(5, SECONDS);
    }

    String pushStatus(UUID push) throws Exception {
        return platform.database()
                .first("select status from git.pushes where id = $1", Tuple.of(push), row -> row.getString(0))
                .await(5, SECONDS)
                .orElseThrow();
    }

    Path quarantines() {
        return data.resolve("git/quarantine");
    }

    /** A push's end is written down before its objects are deleted. */
    void awaitNoQuarantine() {
        await().untilAsserted(() -> {
            try (Stream<Path> left = Files.list(quarantines())) {
                assertThat(left).isEmpty();
            }
        });
    }

    @Override
    public void close() throws Exception {
        service.stop().await(20, SECONDS);
        test.close();
    }

    private static GitReceiverSettings settings(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(Map.of(
                "CELADON_GIT_BIND", "127.0.0.1",
                "CELADON_GIT_PORT", "0",
                "CELADON_GIT_SSH_PORT", "0",
                "CELADON_GIT_LOOK", "50ms",
                "CELADON_GIT_SWEEP", "500ms",
                "CELADON_GIT_LIVE_LIMIT", "10s"));
        all.putAll(variables);
        return GitReceiverSettings.from(new Environment(all));
    }

    private void playTheOthers() throws Exception {
        for (String statement : List.of(
                "create schema api",
                "create schema compiler",
                "create schema manifold",
                "create table api.v_tokens (token_hash bytea, account_id uuid, email text)",
                "create table api.v_apps (id uuid, name text, web_url text)",
                "create table api.v_keys (account_id uuid, email text, fingerprint text, public_key text)",
                "create table api.v_app_access (app_id uuid, account_id uuid)",
                "create table api.v_releases (id uuid, app_id uuid, version int, build_id uuid, status text, is_current boolean)",
                "create table compiler.v_builds (id uuid, app_id uuid, status text, failure text, output_url text)",
                "create table manifold.v_rollouts (app_id uuid, release_version int, state text, reason text)")) {
            sql(statement);
        }
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.UTF_8));
        sql("insert into api.v_tokens values ($1, $2, 'dev@example.org')", Buffer.buffer(hash), account);
        sql("insert into api.v_apps values ($1, 'my-app', 'http://my-app.localhost:5000/')", app);
        sql("insert into api.v_apps values ($1, 'not-mine', 'http://not-mine.localhost/')", UUID.randomUUID());
        sql("insert into api.v_app_access values ($1, $2)", app, account);
        platform.internal().router().get("/compiler/builds/:id/output").handler(asked -> {
            asked.response().setChunked(true).putHeader("Content-Type", "text/plain");
            asked.response().write("");
            outputs.add(asked.response());
        });
        platform.internal().router().delete("/compiler/builds/:id").handler(asked -> {
            String id = asked.pathParam("id");
            String sql = "update compiler.v_builds set status = 'cancelled' where id = $1 and status = 'building'";
            platform.database().execute(sql, Tuple.of(UUID.fromString(id))).onComplete(done -> {
                cancelled.add(id);
                asked.response().setStatusCode(204).end();
            });
        });
    }
}
