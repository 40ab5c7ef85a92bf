package dev.celadon.logplex;

import dev.celadon.logplex.domain.NumberedLine;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Members.Member;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The other logplexes. A line is with the one that owned its app when it came, so whoever reads an app's log reads it at
 * all of them; sequence numbers, which are times, put the lines in order.
 */
final class Peers {
    static final String PATH = "/logplex/log";
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Platform platform;
    private final Duration silence;
    private final HttpClient client;

    /** @param keepAlive between signs of life of a quiet one */
    Peers(Platform platform, Duration keepAlive) {
        this.platform = platform;
        this.silence = keepAlive.multipliedBy(2);
        this.client = platform.internal().streamClient();
    }

    List<Member> all() {
        return platform.members().serving("logplex").stream()
                .filter(member -> !member.id().equals(platform.nodeId()))
                .toList();
    }

    /** What each has of the log; those that do not answer are absent. */
    Future<Map<String, List<NumberedLine>>> backlog(SessionRequest asked) {
        Map<String, List<NumberedLine>> backlogs = new HashMap<>();
        List<Future<?>> answers = new ArrayList<>();
        for (Member peer : all()) {
            answers.add(platform.internal()
                    .call(HttpMethod.GET, url(peer, asked.tail(false)), DEADLINE)
                    .send()
                    .onSuccess(answer -> backlogs.put(peer.id(), lines(answer.body()))));
        }
        return Future.join(answers).transform(ended -> Future.succeededFuture(backlogs));
    }

    /** What one of them has after {@code asked.after()}, and what it gets from now on. One that falls silent has ended. */
    Future<HttpClientResponse> follow(Member peer, SessionRequest asked) {
        RequestOptions options = new RequestOptions()
                .setAbsoluteURI(url(peer, asked.tail(true)))
                .setIdleTimeout(silence.toMillis())
                .putHeader(HttpHeaders.AUTHORIZATION, platform.internal().authorization());
        return client.request(options).compose(request -> request.send()).compose(response -> {
            if (response.statusCode() != 200) {
                response.request().reset();
                return Future.failedFuture("a logplex answered " + response.statusCode());
            }
            return Future.succeededFuture(response);
        });
    }

    private static String url(Member peer, SessionRequest asked) {
        return peer.url() + PATH + "?asked=" + asked.encoded();
    }

    private static List<NumberedLine> lines(@Nullable Buffer body) {
        return Arrays.stream((body == null ? "" : body.toString(StandardCharsets.UTF_8)).split("\n"))
                .filter(json -> !json.isEmpty())
                .map(json -> Json.read(Buffer.buffer(json), NumberedLine.class))
                .toList();
    }
}
