package dev.celadon.manifold.agent;

import dev.celadon.runtime.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Plays the logplex: every line of apps' logs as {@code source[process]: text}. */
final class HeardLines {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    HeardLines(Router router) {
        router.post("/logplex/lines").handler(BodyHandler.create(false)).handler(this::hear);
    }

    List<String> lines() {
        return lines;
    }

    private void hear(RoutingContext context) {
        for (String line : context.body().asString().split("\n")) {
            var json = Json.read(Buffer.buffer(line), Map.class);
            lines.add(json.get("source") + "[" + json.get("process") + "]: " + json.get("text"));
        }
        context.response().setStatusCode(204).end();
    }
}
