package dev.celadon.logplex;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.LogText;
import dev.celadon.runtime.Json;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** {@code POST /logplex/lines}: a batch of lines from another service, taken whole or refused whole. */
final class LineIntake {
    private static final int LARGE_BYTES = 128 * 1024;
    private static final Pattern PROCESS = Pattern.compile("[^\\s\\[\\]]{1,200}");

    private final Vertx vertx;
    private final Function<List<LogLine>, Future<Void>> append;

    LineIntake(Vertx vertx, Function<List<LogLine>, Future<Void>> append) {
        this.vertx = vertx;
        this.append = append;
    }

    void take(RoutingContext context) {
        Context caller = vertx.getOrCreateContext();
        Buffer body = context.body().buffer();
        parse(body == null ? Buffer.buffer() : body)
                .compose(append)
                .onComplete(taken -> caller.runOnContext(back -> {
                    if (taken.succeeded()) {
                        context.response().setStatusCode(204).end();
                    } else if (taken.cause() instanceof InvalidLine invalid) {
                        context.response().setStatusCode(400).end(invalid.getMessage() + "\n");
                    } else {
                        context.fail(taken.cause());
                    }
                }));
    }

    private Future<List<LogLine>> parse(Buffer body) {
        if (body.length() > LARGE_BYTES) {
            return vertx.executeBlocking(() -> read(body), false);
        }
        try {
            return Future.succeededFuture(read(body));
        } catch (InvalidLine invalid) {
            return Future.failedFuture(invalid);
        }
    }

    static List<LogLine> read(Buffer ndjson) {
        List<LogLine> lines = new ArrayList<>();
        int number = 0;
        for (String json : ndjson.toString(StandardCharsets.UTF_8).split("\n")) {
            number++;
            if (!json.isBlank()) {
                LogLine line = readLine(json, number);
                LogText.pieces(line.text())
                        .forEach(text ->
                                lines.add(new LogLine(line.appId(), line.at(), line.source(), line.process(), text)));
            }
        }
        return lines;
    }

    private static LogLine readLine(String json, int number) {
        LogLine line;
        try {
            line = Json.mapper().readValue(json, LogLine.class);
        } catch (JsonProcessingException malformed) {
            throw new InvalidLine("line " + number + ": not a LogLine: " + malformed.getOriginalMessage());
        }
        if (line == null || line.appId() == null || line.at() == null || line.text() == null) {
            throw new InvalidLine("line " + number + ": appId, at and text are needed");
        }
        if (!"app".equals(line.source()) && !"heroku".equals(line.source())) {
            throw new InvalidLine("line " + number + ": source: " + line.source() + " (expected: app or heroku)");
        }
        if (line.process() == null || !PROCESS.matcher(line.process()).matches()) {
            throw new InvalidLine("line " + number + ": process: " + line.process() + " (expected: web.1, api …)");
        }
        return line;
    }

    /** A batch with a line in it that is none. */
    static final class InvalidLine extends RuntimeException {
        InvalidLine(String message) {
            super(message, null, false, false);
        }
    }
}
