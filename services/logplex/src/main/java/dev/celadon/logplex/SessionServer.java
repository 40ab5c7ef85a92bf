package dev.celadon.logplex;

import dev.celadon.logplex.domain.History;
import dev.celadon.logplex.domain.NumberedLine;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.streams.WriteStream;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Log sessions for people: one signed URL, read as a WebSocket, as server-sent events or as plain text. */
final class SessionServer {
    private static final String PURPOSE = "log-session";

    private final Vertx vertx;
    private final Platform platform;
    private final LogplexSettings settings;
    private final AppLogs logs;
    private @Nullable HttpServer server;

    SessionServer(Vertx vertx, Platform platform, LogplexSettings settings, AppLogs logs) {
        this.vertx = vertx;
        this.platform = platform;
        this.settings = settings;
        this.logs = logs;
    }

    Future<Integer> listen() {
        HttpServerOptions options =
                new HttpServerOptions().setHost(settings.bind()).setPort(settings.port());
        return vertx.createHttpServer(options)
                .requestHandler(this::answer)
                .listen()
                .onSuccess(listening -> server = listening)
                .map(HttpServer::actualPort);
    }

    Future<Void> close() {
        HttpServer listening = server;
        return listening == null ? Future.succeededFuture() : listening.shutdown(1, TimeUnit.SECONDS);
    }

    private void answer(HttpServerRequest request) {
        Optional<SessionRequest> asked = read(request.path());
        if (asked.isEmpty()) {
            request.response().setStatusCode(404).end("This log session does not exist or has expired.\n");
        } else if ("websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
            request.toWebSocket().onSuccess(socket -> tail(socket, asked.get()));
        } else if (String.valueOf(request.getHeader(HttpHeaders.ACCEPT)).contains("text/event-stream")) {
            serve(request, asked.get(), true);
        } else {
            serve(request, asked.get(), false);
        }
    }

    /** {@code /logs/<payload>.<signature>}; a forged or expired one is as good as none. */
    private Optional<SessionRequest> read(@Nullable String path) {
        String[] parts =
                path == null ? new String[0] : path.replaceFirst("^/logs/", "").split("\\.");
        if (parts.length != 2 || !platform.keys().isSigned(PURPOSE, parts[0], parts[1])) {
            return Optional.empty();
        }
        Buffer json = Buffer.buffer(Base64.getUrlDecoder().decode(parts[0]));
        return Optional.of(Json.read(json, SessionRequest.class))
                .filter(asked -> asked.expires() > platform.clock().instant().getEpochSecond());
    }

    private void tail(ServerWebSocket socket, SessionRequest asked) {
        Session session = session(new StreamReader<>(socket, socket::writeTextMessage), asked);
        Runnable leave = join(asked, session, logs.history(asked.app()).newest(asked.backlog(), asked.filter()));
        long timer = vertx.setPeriodic(settings.keepAlive().toMillis(), tick -> socket.writePing(Buffer.buffer()));
        socket.drainHandler(ready -> session.flush());
        socket.closeHandler(closed -> {
            vertx.cancelTimer(timer);
            leave.run();
        });
    }

    private void serve(HttpServerRequest request, SessionRequest asked, boolean isEvents) {
        HttpServerResponse response = request.response().setChunked(true);
        response.putHeader(HttpHeaders.CONTENT_TYPE, isEvents ? "text/event-stream" : "text/plain; charset=utf-8")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        Session session = session(
                isEvents
                        ? new EventReader(response)
                        : new StreamReader<>(response, line -> response.write(line + "\n")),
                asked);
        History history = logs.history(asked.app());
        List<NumberedLine> backlog = lastSeen(request)
                .map(sequence -> history.after(sequence, asked.filter()))
                .orElseGet(() -> history.newest(asked.backlog(), asked.filter()));
        if (!asked.tail()) {
            backlog.forEach(session::offer);
            response.end();
            return;
        }
        Runnable leave = join(asked, session, backlog);
        response.writeHead();
        long timer = vertx.setPeriodic(settings.keepAlive().toMillis(), tick -> {
            if (isEvents) {
                response.write(":\n\n");
            }
        });
        response.drainHandler(ready -> session.flush());
        response.closeHandler(closed -> {
            vertx.cancelTimer(timer);
            leave.run();
        });
    }

    /** Backlog and listening in one turn of the loop: no line is lost or doubled between them. */
    private Runnable join(SessionRequest asked, Session session, List<NumberedLine> backlog) {
        Consumer<NumberedLine> listener = session::offer;
        backlog.forEach(listener);
        logs.listen(asked.app(), listener);
        return () -> logs.forget(asked.app(), listener);
    }

    private Session session(Session.Reader reader, SessionRequest asked) {
        int buffer = Math.max(settings.tailBuffer(), asked.backlog());
        return new Session(reader, asked.filter(), buffer, platform.clock());
    }

    private static Optional<Long> lastSeen(HttpServerRequest request) {
        String id = request.getHeader("Last-Event-ID");
        return id != null && id.matches("\\d{1,18}") ? Optional.of(Long.parseLong(id)) : Optional.empty();
    }

    /** Writes each line in its printed form. */
    private record StreamReader<T>(WriteStream<T> stream, Consumer<String> write) implements Session.Reader {
        @Override
        public boolean isFull() {
            return stream.writeQueueFull();
        }

        @Override
        public void line(NumberedLine line) {
            write.accept(line.display());
        }

        @Override
        public void notice(String text) {
            write.accept(text);
        }
    }

    /** Server-sent events: no {@code event:} field, the sequence as id. */
    private record EventReader(HttpServerResponse response) implements Session.Reader {
        @Override
        public boolean isFull() {
            return response.writeQueueFull();
        }

        @Override
        public void line(NumberedLine line) {
            response.write("id: " + line.sequence() + "\ndata: " + line.display() + "\n\n");
        }

        @Override
        public void notice(String text) {
            response.write("data: " + text + "\n\n");
        }
    }
}
