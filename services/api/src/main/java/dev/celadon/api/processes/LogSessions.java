package dev.celadon.api.processes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Endpoints;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Supplier;

/** {@code /apps/:app/log-sessions}: a signed URL of the logplex, itself the secret, good for an hour. */
public final class LogSessions {
    private static final Duration GOOD_FOR = Duration.ofHours(1);

    private final Apps apps;
    private final SecretKeys keys;
    private final Clock clock;
    private final Supplier<String> logplexUrl;

    public LogSessions(Apps apps, SecretKeys keys, Clock clock, Supplier<String> logplexUrl) {
        this.apps = apps;
        this.keys = keys;
        this.clock = clock;
        this.logplexUrl = logplexUrl;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.POST, "/apps/:app/log-sessions", this::create);
        endpoints.add(HttpMethod.POST, "/apps/:app/log-session", this::create);
    }

    private Future<Endpoints.Answer> create(Endpoints.Request request) {
        return apps.find(request).map(app -> {
            ObjectNode asked =
                    Json.mapper().createObjectNode().put("app", app.id().toString());
            request.body().number("lines").ifPresent(lines -> asked.put("lines", lines));
            request.body().text("source").ifPresent(source -> asked.put("source", source));
            request.body().text("dyno").ifPresent(dyno -> asked.put("dyno", dyno));
            asked.put("tail", request.body().flag("tail").orElse(false));
            asked.put("expires", clock.instant().plus(GOOD_FOR).getEpochSecond());
            String payload = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(Json.write(asked).getBytes());
            String now = clock.instant().toString();
            ObjectNode json =
                    Json.mapper().createObjectNode().put("id", UUID.randomUUID().toString());
            json.put("logplex_url", logplexUrl.get() + "/logs/" + payload + "." + keys.sign("log-session", payload));
            return Endpoints.Answer.created(json.put("created_at", now).put("updated_at", now));
        });
    }
}
