package dev.celadon.api;

import static dev.celadon.api.EveryResourceTest.api;
import static dev.celadon.api.EveryResourceTest.app;
import static dev.celadon.api.EveryResourceTest.encoded;
import static dev.celadon.api.EveryResourceTest.operator;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The part of {@link EveryResourceTest} about accounts, apps and who may do what with them. */
interface AccountAndAppResources {
    String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJm+sJiDSFTHj6wXUXMYx0mHaz5s4pVPpJzoXCMGUJ2a joe@laptop";

    @Test
    default void accountsAndTheirTokens() throws Exception {
        assertThat(api.get("/account").get("email").asText()).isEqualTo("admin@localhost");
        assertThat(api.get("/account/rate-limits").get("remaining").asInt()).isPositive();
        assertThat(api.get("/users/~").get("admin").asBoolean()).isTrue();
        assertThat(api.call(200, "PATCH", "/account", "{\"name\":\"Olga\"}")
                        .get("name")
                        .asText())
                .isEqualTo("Olga");
        String joe = api.account("joe@example.com");
        assertThat(api.call(422, "POST", "/accounts", "{\"email\":\"joe@example.com\"}")
                        .get("message")
                        .asText())
                .contains("already taken");
        api.call(422, "POST", "/accounts", "{\"email\":\"kim@example.com\",\"password\":\"short\"}");
        api.use(joe);
        api.call(403, "POST", "/accounts", "{\"email\":\"x@example.com\"}");
        api.call(404, "GET", "/users/admin@localhost", "");
        api.use(operator);
        api.call(200, "DELETE", "/accounts/joe@example.com", "");
        api.use(joe);
        api.call(401, "GET", "/account", "");
    }

    @Test
    default void authorizationsHaveScopesAnEndAndARevocationThatWorksAtOnce() throws Exception {
        String path = "/oauth/authorizations";
        JsonNode made =
                api.call(201, "POST", path, "{\"description\":\"ci\",\"scope\":[\"read\"],\"expires_in\":\"3600\"}");
        String id = made.get("id").asText();
        String token = made.at("/access_token/token").asText();
        assertThat(made.at("/access_token/expires_in").asInt()).isBetween(3000, 3600);
        assertThat(api.get(path + "/" + id).at("/access_token/token").asText())
                .isNotEqualTo(token)
                .contains("**********");
        assertThat(api.get(path).size()).isGreaterThanOrEqualTo(2);
        api.call(200, "PATCH", path + "/" + id, "{\"description\":\"other\"}");
        api.call(422, "POST", path, "{\"scope\":[\"everything\"]}");
        api.use(token);
        api.get("/apps");
        assertThat(api.call(403, "POST", "/apps", "{}").get("message").asText()).contains("read", "write");
        api.call(403, "GET", path, "");
        api.use(operator);
        api.call(404, "GET", path + "/~", "");
        String next = api.call(201, "POST", path + "/" + id + "/actions/regenerate-tokens", "")
                .at("/access_token/token")
                .asText();
        api.use(token);
        api.call(401, "GET", "/apps", "");
        api.use(next);
        api.get("/apps");
        api.use(operator);
        api.call(200, "DELETE", path + "/" + id, "");
        assertThat(api.call(404, "GET", path + "/" + id, "").get("resource").asText())
                .isEqualTo("authorization");
        assertThat(api.call(404, "DELETE", "/oauth/sessions/~", "")
                        .get("resource")
                        .asText())
                .isEqualTo("session");
        api.use(next);
        api.call(401, "GET", "/apps", "");
    }

    @Test
    default void keysAndFeatures() throws Exception {
        JsonNode key = api.call(201, "POST", "/account/keys", "{\"public_key\":\"" + KEY + "\"}");
        assertThat(key.get("fingerprint").asText()).startsWith("SHA256:");
        assertThat(key.get("comment").asText()).isEqualTo("joe@laptop");
        assertThat(api.value("select fingerprint from api.v_keys"))
                .isEqualTo(key.get("fingerprint").asText());
        api.call(422, "POST", "/account/keys", "{\"public_key\":\"" + KEY + "\"}");
        api.call(422, "POST", "/account/keys", "{\"public_key\":\"ssh-rsa nonsense\"}");
        api.get("/account/keys");
        api.get("/account/keys/" + key.get("id").asText());
        api.call(
                200, "DELETE", "/account/keys/" + encoded(key.get("fingerprint").asText()), "");

        String app = app();
        for (String path : List.of("/account/features", "/apps/" + app + "/features")) {
            String name = api.get(path).get(0).get("name").asText();
            assertThat(api.get(path + "/" + name).get("enabled").asBoolean()).isFalse();
            api.call(200, "PATCH", path + "/" + name, "{\"enabled\":true}");
            assertThat(api.get(path + "/" + name).get("enabled").asBoolean()).isTrue();
            api.call(404, "GET", path + "/no-such-feature", "");
        }
    }

    @Test
    default void appsTheirCollaboratorsAndTransfers() throws Exception {
        String app = app();
        String id = api.get("/apps/" + app).get("id").asText();
        api.get("/apps");
        api.get("/users/~/apps");
        assertThat(api.call(200, "POST", "/filters/apps", "{\"in\":{\"id\":[\"" + id + "\"]}}"))
                .hasSize(1);
        assertThat(api.call(200, "PATCH", "/apps/" + id, "{\"maintenance\":true}")
                        .get("maintenance")
                        .asBoolean())
                .isTrue();
        api.get("/apps/" + app + "/available-stacks");
        api.call(200, "PATCH", "/apps/" + app + "/routing", "{\"first_byte_ms\":5000,\"idle_ms\":null}");
        assertThat(api.get("/apps/" + app + "/routing").get("first_byte_ms").asInt())
                .isEqualTo(5000);
        api.call(422, "PATCH", "/apps/" + app + "/routing", "{\"idle_ms\":-1}");
        for (String list : List.of("addons", "addon-attachments")) {
            assertThat(api.get("/" + list)).isEmpty();
            assertThat(api.get("/apps/" + app + "/" + list)).isEmpty();
        }
        assertThat(api.get("/addon-services")).isEmpty();
        assertThat(api.call(404, "POST", "/apps/" + app + "/addons", "{\"plan\":{\"name\":\"redis:mini\"}}")
                        .get("message")
                        .asText())
                .isEqualTo("Couldn't find the add-on service redis: this platform offers none.");
        assertThat(api.call(404, "POST", "/actions/addons/resolve", "{\"addon\":\"x\",\"app\":null}")
                        .get("resource")
                        .asText())
                .isEqualTo("add_on");
        assertThat(api.get("/teams")).isEmpty();

        String ann = api.account("ann@example.com");
        String people = "/apps/" + app + "/collaborators";
        api.use(ann);
        api.call(404, "GET", "/apps/" + app, "");
        api.use(operator);
        api.call(201, "POST", people, "{\"user\":\"ann@example.com\"}");
        api.call(422, "POST", people, "{\"user\":\"ann@example.com\"}");
        api.call(422, "POST", people, "{\"user\":\"nobody@example.com\"}");
        assertThat(api.get(people).findValuesAsText("role")).containsExactly("owner", "collaborator");
        api.get(people + "/ann%40example.com");
        api.use(ann);
        api.get("/apps/" + app);
        api.call(403, "DELETE", "/apps/" + app, "");
        api.call(403, "PATCH", "/apps/" + app, "{\"name\":\"stolen-app\"}");
        api.call(403, "POST", "/account/app-transfers", "{\"app\":\"" + app + "\",\"recipient\":\"ann@example.com\"}");
        api.use(operator);
        api.call(200, "DELETE", people + "/ann@example.com", "");
        assertThat(api.value("select count(*) from api.v_app_access where app_id = $1", UUID.fromString(id)))
                .isEqualTo("1");

        String transfers = "/account/app-transfers";
        String offer = "{\"app\":\"" + app + "\",\"recipient\":\"ann@example.com\"}";
        String declined = api.call(201, "POST", transfers, offer).get("id").asText();
        api.call(422, "POST", transfers, offer);
        api.call(200, "DELETE", transfers + "/" + declined, "");
        String accepted = api.call(201, "POST", transfers, offer).get("id").asText();
        api.get(transfers);
        api.get(transfers + "/" + accepted);
        api.call(403, "PATCH", transfers + "/" + accepted, "{\"state\":\"accepted\"}");
        api.use(ann);
        api.call(200, "PATCH", transfers + "/" + accepted, "{\"state\":\"accepted\"}");
        assertThat(api.get("/apps/" + app).at("/owner/email").asText()).isEqualTo("ann@example.com");
        api.call(200, "DELETE", "/apps/" + app, "");
        api.call(404, "GET", "/apps/" + app, "");
    }

    @Test
    default void whatThePlatformOffers() throws Exception {
        for (String list : List.of("regions", "stacks", "dyno-sizes")) {
            JsonNode first = api.get("/" + list).get(0);
            assertThat(api.get("/" + list + "/" + first.get("name").asText())).isEqualTo(first);
            assertThat(api.get("/" + list + "/" + first.get("id").asText())).isEqualTo(first);
            api.call(404, "GET", "/" + list + "/nothing", "");
        }
        api.get("/schema");
        assertThat(api.get("/buildpacks/heroku%2Fnodejs").get("name").asText()).isEqualTo("nodejs");
        api.call(404, "GET", "/buildpacks/heroku%2Fcobol", "");
    }
}
