package dev.celadon.api.processes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

    private Future<Answer> create(Request request) {
        return apps.find(request).map(app -> {
            String now = Representation.time(clock.instant().atOffset(ZoneOffset.UTC));
            String url = url(
                    app.id(),
                    request.body().number("lines").orElse(null),
                    request.body().text("source").orElse(null),
                    request.body()
                            .text("dyno")
                            .or(() -> request.body().text("type"))
                            .orElse(null),
                    request.body().flag("tail").orElse(false),
                    request.caller().tokenId());
            return Answer.created(Representation.identified(UUID.randomUUID())
                    .put("logplex_url", url)
                    .put("created_at", now)
                    .put("updated_at", now));
        });
    }

    /**
     * A session of the app's log, whose URL is the secret.
     *
     * @param token that it was asked for with, and ends with; null for one of the platform itself
     */
    public String url(
            UUID app,
            @Nullable Integer lines,
            @Nullable String source,
            @Nullable String dyno,
            boolean isTail,
            @Nullable UUID token) {
        ObjectNode asked = Representation.object().put("app", app.toString());
        asked.put("lines", lines).put("source", source).put("dyno", dyno).put("tail", isTail);
        asked.put("token", token == null ? null : token.toString());
        asked.put("expires", clock.instant().plus(GOOD_FOR).getEpochSecond());
        String payload = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Json.write(asked).getBytes());
        return logplexUrl.get() + "/logs/" + payload + "." + keys.sign("log-session", payload);
    }
}
