package dev.celadon.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is another's is not there: asked of every link of the schema, with the other's real names and ids. */
class TenantsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Path parameters that name what all may see, or the asker's own. */
    private static final Set<String> COMMON = Set.of(":id", ":feature", ":buildpack", ":login");

    /** Texts that get past a look at their form. */
    private static final Map<String, String> TEXTS = Map.of(
            "state", "accepted",
            "buildpack", "heroku/nodejs",
            "checksum", "SHA256:" + "0".repeat(64),
            "include", "api:app",
            "level", "sync",
            "schedule", "every hour at :20",
            "size", "standard-1X",
            "stage", "staging",
            "url", "https://logs.example.org/x",
            "hostname", "other.example.com");

    @TempDir
    static Path directory;

    static RunningApi api;
    static Map<String, String> theirs = new LinkedHashMap<>();
    static String app;
    static String stranger;
    static String reader;

    @BeforeAll
    static void start() throws Exception {
        api = new RunningApi(directory, Map.of());
        JsonNode made = api.call(201, "POST", "/apps", "{\"name\":\"private-app\"}");
        app = made.get("id").asText();
        String path = "/apps/" + app;
        api.call(200, "PATCH", path + "/config-vars", "{\"KEY\":\"value\"}");
        remember("domain", path + "/domains", "{\"hostname\":\"private.example.com\"}");
        remember("drain", path + "/log-drains", "{\"url\":\"syslog://logs.example.org:514\"}");
        remember("webhook", path + "/webhooks", "{\"include\":[\"api:app\"],\"level\":\"sync\",\"url\":\"http://x/\"}");
        remember("job", path + "/jobs", "{\"command\":\"true\",\"schedule\":\"hourly\"}");
        remember("pipeline", "/pipelines", "{\"name\":\"private-line\"}");
        remember(
                "coupling",
                "/pipeline-couplings",
                "{\"app\":\"" + app + "\",\"pipeline\":\"" + theirs.get(":pipeline") + "\",\"stage\":\"staging\"}");
        remember("authorization", "/oauth/authorizations", "{\"description\":\"theirs\"}");
        remember("key", "/account/keys", "{\"public_key\":\"" + AccountAndAppResources.KEY + "\"}");
        api.account("friend@example.com");
        remember(
                "transfer", "/account/app-transfers", "{\"app\":\"" + app + "\",\"recipient\":\"friend@example.com\"}");
        theirs.put(":account", api.get("/account").get("id").asText());
        theirs.put(":user", "admin@localhost");
        theirs.put(":collaborator", "admin@localhost");
        theirs.put(":feature", "preboot");
        theirs.put(":release", "v1");
        theirs.put(":type", "web");
        theirs.put(":dyno", "web.1");
        for (String other : List.of("build", "slug", "endpoint", "delivery", "event", "promotion")) {
            theirs.put(":" + other, UUID.randomUUID().toString());
        }
        JsonNode read = api.call(201, "POST", "/oauth/authorizations", "{\"scope\":[\"read\"]}");
        reader = read.at("/access_token/token").asText();
        stranger = api.account("stranger@example.com");
    }

    private static void remember(String name, String path, String body) throws Exception {
        theirs.put(":" + name, api.call(201, "POST", path, body).get("id").asText());
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    @Test
    void anothersAppAnswersAsOneThatIsNotThere() throws Exception {
        for (String named : List.of(app, "private-app")) {
            for (String route : routesWith(":app")) {
                HttpResponse<String> answer = as(stranger, route, Map.of(":app", named));
                HttpResponse<String> absent =
                        as(stranger, route, Map.of(":app", UUID.randomUUID().toString()));
                assertThat(answer.statusCode()).as(route + ": " + answer.body()).isEqualTo(404);
                assertThat(answer.body()).as(route).isEqualTo(absent.body());
            }
        }
        api.use(api.service()
                .ensureOperatorToken(directory.resolve("secrets/token"))
                .await());
        assertThat(api.get("/apps/private-app/config-vars").toString()).isEqualTo("{\"KEY\":\"value\"}");
    }

    @Test
    void anothersThingsAnswerAsIfTheyWereNotThere() throws Exception {
        for (String route : routesWith(":")) {
            if (!route.contains(":app") && COMMON.stream().noneMatch(route::contains)) {
                HttpResponse<String> answer = as(stranger, route, Map.of());
                boolean isHidden = answer.statusCode() == 404 || answer.statusCode() == 403;
                assertThat(isHidden)
                        .as(route + ": " + answer.statusCode() + " " + answer.body())
                        .isTrue();
                assertThat(answer.body()).doesNotContain("admin@localhost").doesNotContain("private-line");
            }
        }
    }

    @Test
    void listsShowNothingOfOthers() throws Exception {
        for (String route : api.schema().routes()) {
            if (route.startsWith("GET ") && !route.contains(":") && !route.equals("GET /schema")) {
                HttpResponse<String> answer = as(stranger, route, Map.of());
                assertThat(answer.body())
                        .as(route)
                        .doesNotContain("private-")
                        .doesNotContain(app)
                        .doesNotContain("admin@localhost");
            }
        }
    }

    @Test
    void aTokenThatMayReadChangesNothingAndSeesNoConfigVars() throws Exception {
        for (String route : api.schema().routes()) {
            boolean isOpen = route.contains("/auth") && !route.contains("/oauth");
            boolean isProtected = route.contains("config-vars");
            if (!isOpen && (!route.startsWith("GET ") || isProtected) && !route.equals("DELETE /oauth/sessions/~")) {
                HttpResponse<String> answer = as(reader, route, Map.of(":app", app));
                assertThat(answer.statusCode()).as(route + ": " + answer.body()).isEqualTo(403);
            }
        }
    }

    private static List<String> routesWith(String part) {
        return api.schema().routes().stream()
                .filter(route -> route.contains(part))
                .toList();
    }

    private static HttpResponse<String> as(String token, String route, Map<String, String> over) throws Exception {
        String path = route.substring(route.indexOf(' ') + 1);
        Map<String, String> parameters = new LinkedHashMap<>(theirs);
        parameters.putAll(over);
        for (String part : path.split("/")) {
            if (part.startsWith(":")) {
                String value = parameters.get(part);
                assertThat(value).as(route + ": what is " + part + "?").isNotNull();
                path = path.replace(part + "/", value + "/").replaceAll(part + "$", value);
            }
        }
        String body =
                route.startsWith("GET ") ? "" : body(api.schema().body(route)).toString();
        return api.send(route.substring(0, route.indexOf(' ')), path, body, Map.of("Authorization", "Bearer " + token));
    }

    /** A body as the schema describes it, good enough to be looked at. */
    private static JsonNode body(JsonNode schema) {
        ObjectNode body = JSON.createObjectNode();
        schema.path("properties")
                .properties()
                .forEach(field -> body.set(field.getKey(), value(field.getKey(), field.getValue())));
        return body;
    }

    private static JsonNode value(String name, JsonNode type) {
        String kind = type.get("type").isArray()
                ? type.get("type").get(0).asText()
                : type.get("type").asText();
        return switch (kind) {
            case "object" -> body(type);
            case "array" -> JSON.createArrayNode().add(value(name, type.get("items")));
            case "integer", "number" -> JSON.getNodeFactory().numberNode(1);
            case "boolean" -> JSON.getNodeFactory().booleanNode(false);
            default ->
                JSON.getNodeFactory()
                        .textNode(
                                type.has("enum") ? type.get("enum").get(0).asText() : TEXTS.getOrDefault(name, "web"));
        };
    }
}
