package dev.celadon.router;

import dev.celadon.router.proxy.Challenges;
import dev.celadon.runtime.Platform;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks an api over internal HTTP; a few at once, the rest is left to the apps. State of one event loop. */
final class ApiChallenges implements Challenges {
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final int MOST_AT_ONCE = 16;
    private static final int NOT_FOUND = 404;

    private final Platform platform;
    private final EventLoop eventLoop;
    private int asking;

    ApiChallenges(Platform platform, EventLoop eventLoop) {
        this.platform = platform;
        this.eventLoop = eventLoop;
    }

    @Override
    public void find(String host, String token, Consumer<Optional<String>> taker) {
        var api = platform.members().any("api");
        if (asking >= MOST_AT_ONCE || api.isEmpty() || !token.matches("[A-Za-z0-9_-]{1,256}")) {
            taker.accept(Optional.empty());
            return;
        }
        asking++;
        String url = api.get().url() + "/api/acme-challenges/" + token + "?host="
                + URLEncoder.encode(host, StandardCharsets.UTF_8);
        platform.internal()
                .call(HttpMethod.GET, url, DEADLINE)
                .send()
                .compose(answer -> answer.statusCode() / 100 == 2 || answer.statusCode() == NOT_FOUND
                        ? Future.succeededFuture(answer)
                        : Future.failedFuture("the api answered " + answer.statusCode()))
                .map(answer -> Optional.ofNullable(answer.statusCode() == NOT_FOUND ? null : answer.bodyAsString()))
                .otherwise(Optional.empty())
                .onSuccess(found -> eventLoop.execute(() -> {
                    asking--;
                    taker.accept(found);
                }));
    }
}
