package dev.celadon.api;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.celadon.contract.Accepted;
import dev.celadon.contract.Command;
import dev.celadon.runtime.Environment;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The real API on a real PostgreSQL; what compiler and scheduler would say stands in tables of their views' names. Every
 * answer is held against the schema.
 */
final class RunningApi implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STAND_INS = """
            create schema compiler;
            create table compiler.v_builds (id uuid, app_id uuid, commit_sha text, account_email text, status text,
              failure text, output_url text, output_sha256 text, slug_id uuid, created_at timestamptz default now(),
              updated_at timestamptz default now());
            create table compiler.v_slugs (id uuid, app_id uuid, build_id uuid, sha256 text, bytes bigint,
              process_types jsonb, buildpack text, commit_sha text, stack text, created_at timestamptz default now(),
              app_json jsonb);
            create schema manifold;
            create table manifold.v_dynos (id uuid, app_id uuid, name text, type text, release_version int, command text,
              state text, size text, since timestamptz default now(), created_at timestamptz default now(), exit_status int);
            create table manifold.v_rollouts (app_id uuid, release_version int, state text, reason text, live_version int,
              previous_version int);
            create table manifold.v_one_off_dynos (like manifold.v_dynos including defaults);
            create table manifold.v_one_off_ends (id uuid, exit_status int, cause text, ended_at timestamptz default now());
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final SchemaCheck schema = new SchemaCheck();
    private final Set<String> exercised = new TreeSet<>();
    private final TestPlatform test;
    private final ApiService service;
    private final int port;
    private String token = "";

    RunningApi(Path directory, Map<String, String> settings) throws Exception {
        test = TestPlatform.start(directory, "api");
        for (String statement : STAND_INS.split(";\n")) {
            execute(statement);
        }
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Map<String, String> all = new HashMap<>(Map.of(
                "CELADON_API_PORT", Integer.toString(port),
                "CELADON_API_LOOK", "50ms",
                "CELADON_API_RATE_LIMIT", "1000000",
                "CELADON_ADMIN_PASSWORD", "operators-password",
                "CELADON_WEBHOOK_RETRY", "20ms"));
        all.putAll(settings);
        ApiSettings read = ApiSettings.from(new Environment(all), 8080, 5443, 5000);
        service = new ApiService(test.platform(), read, () -> "http://127.0.0.1:" + port + "/nowhere");
        service.start().await(60, SECONDS);
        test.platform()
                .bus()
                .serve(Command.RESTART_DYNOS, "", restart -> Future.succeededFuture(new Accepted()))
                .await(20, SECONDS);
        token = service.ensureOperatorToken(directory.resolve("secrets/token")).await(20, SECONDS);
    }

    TestPlatform platform() {
        return test;
    }

    ApiService service() {
        return service;
    }

    SchemaCheck schema() {
        return schema;
    }

    /** The links that were asked with success, each answer held against the schema. */
    Set<String> exercised() {
        return exercised;
    }

    String base() {
        return "http://127.0.0.1:" + port;
    }

    String token() {
        return token;
    }

    /** Asks as somebody else from now on. */
    void use(String other) {
        token = other;
    }

    /** A new account's token. */
    String account(String email) throws Exception {
        call(201, "POST", "/accounts", "{\"email\":\"" + email + "\",\"password\":\"a-password-of-" + email + "\"}");
        HttpResponse<String> made = send(
                "POST", "/oauth/authorizations", "{\"description\":\"test\"}", Map.of("Authorization", basic(email)));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return JSON.readTree(made.body()).at("/access_token/token").asText();
    }

    static String basic(String email) {
        String pair = email + ":a-password-of-" + email;
        return "Basic "
                + java.util.Base64.getEncoder().encodeToString(pair.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    JsonNode get(String path) throws Exception {
        return call(200, "GET", path, "");
    }

    JsonNode call(int expected, String method, String path, String body) throws Exception {
        HttpResponse<String> answer = send(method, path, body, Map.of());
        assertThat(answer.statusCode())
                .as(method + " " + path + ": " + answer.body())
                .isEqualTo(expected);
        assertThat(answer.headers().firstValue("Request-Id")).isPresent();
        JsonNode json = JSON.readTree(answer.body());
        if (expected / 100 == 2) {
            String route = schema.route(method, path).orElseThrow(() -> new AssertionError(path + " is in no link"));
            schema.check(route, json);
            exercised.add(route);
        } else {
            assertThat(json.get("id").asText()).isNotEmpty();
            assertThat(json.get("message").asText()).isNotEmpty();
        }
        return json;
    }

    HttpResponse<String> send(String method, String path, String body, Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .setHeader("Accept", "application/vnd.heroku+json; version=3")
                .setHeader("Authorization", "Bearer " + token);
        headers.forEach(request::setHeader);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    void execute(String sql, Object... arguments) throws Exception {
        Tuple tuple = Tuple.tuple();
        for (Object argument : arguments) {
            tuple.addValue(argument);
        }
        test.platform().database().execute(sql, tuple).await(20, SECONDS);
    }

    String value(String sql, Object... arguments) throws Exception {
        Tuple tuple = Tuple.tuple();
        for (Object argument : arguments) {
            tuple.addValue(argument);
        }
        return test
                .platform()
                .database()
                .list(sql, tuple, row -> String.valueOf(row.getValue(0)))
                .await(20, SECONDS)
                .stream()
                .findFirst()
                .orElse("");
    }

    /** As a compiler does that has built a slug; the API makes a release of it by itself. */
    UUID build(String app, String processTypes, String appJson) throws Exception {
        UUID id = UUID.fromString(get("/apps/" + app).get("id").asText());
        UUID build = UUID.randomUUID();
        UUID slug = UUID.randomUUID();
        execute("""
                insert into compiler.v_slugs (id, app_id, build_id, sha256, bytes, process_types, buildpack, commit_sha, stack, app_json)
                values ($1, $2, $3, $4, 1234, $5::text::jsonb, 'Node.js', 'abcdef0123456789', 'cedar', $6::text::jsonb)
                """, slug, id, build, "ab".repeat(32), processTypes, appJson);
        execute("""
                insert into compiler.v_builds (id, app_id, commit_sha, account_email, status, slug_id)
                values ($1, $2, 'abcdef0123456789', 'admin@localhost', 'succeeded', $3)
                """, build, id, slug);
        return build;
    }

    @Override
    public void close() throws Exception {
        service.stop().await(20, SECONDS);
        test.close();
    }
}
