package dev.celadon.logplex;

import dev.celadon.logplex.domain.History;
import dev.celadon.logplex.domain.NumberedLine;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Log sessions for people: one signed URL, read as a WebSocket, as server-sent events or as plain text. */
final class SessionServer {
    private static final String PURPOSE = "log-session";
    private static final String PREFIX = "/logs/";

    private final Vertx vertx;
    private final Platform platform;
    private final LogplexSettings settings;
    private final AppLogs logs;
    private final Counter lost;
    private final Set<Session> open = ConcurrentHashMap.newKeySet();
    private @Nullable HttpServer server;
    private boolean isStopping;

    SessionServer(Vertx vertx, Platform platform, LogplexSettings settings, AppLogs logs) {
        this.vertx = vertx;
        this.platform = platform;
        this.settings = settings;
        this.logs = logs;
        this.lost = platform.meters().counter("log.lines.lost.by.readers");
    }

    /** @param port 0 for any */
    Future<Integer> listen(int port) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.bind())
                .setPort(port)
                .setTcpKeepAlive(true)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                // Only to be rid of connections that ask for nothing: sessions end themselves before.
                .setIdleTimeout((int) settings.sessionIdle().toSeconds() + 60);
        vertx.setPeriodic(
                settings.keepAlive().toMillis(), tick -> open.forEach(session -> session.beat(settings.sessionIdle())));
        return vertx.createHttpServer(options)
                .requestHandler(this::answer)
                .listen()
                .onSuccess(listening -> server = listening)
                .map(HttpServer::actualPort);
    }

    Future<Void> close() {
        isStopping = true;
        open.forEach(session -> session.leave(settings.comeBack()));
        HttpServer listening = server;
        return listening == null ? Future.succeededFuture() : listening.shutdown(1, TimeUnit.SECONDS);
    }

    int sessions() {
        return open.size();
    }

    private void answer(HttpServerRequest request) {
        Optional<SessionRequest> asked = read(request.path());
        if (asked.isEmpty() || logs.isGone(asked.get().app())) {
            refuse(request, 404, "There is no such log session.");
        } else if (asked.get().expires() <= platform.clock().instant().getEpochSecond()) {
            refuse(request, 403, "This log session has expired; ask the API for a new one.");
        } else if (isStopping || open.size() >= settings.mostSessions()) {
            refuse(request, 503, "No more log sessions can be opened now; try again soon.");
        } else if (request.canUpgradeToWebSocket()) {
            request.toWebSocket()
                    .onSuccess(socket -> serve(request, socket, asked.get().following()));
        } else {
            serve(request, asked.get());
        }
    }

    private static void refuse(HttpServerRequest request, int status, String message) {
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end(message + "\n");
    }

    /** {@code /logs/<payload>.<signature>}; a forged one is as good as none. */
    private Optional<SessionRequest> read(@Nullable String path) {
        String[] parts = path == null || !path.startsWith(PREFIX)
                ? new String[0]
                : path.substring(PREFIX.length()).split("\\.");
        if (parts.length != 2 || !platform.keys().isSigned(PURPOSE, parts[0], parts[1])) {
            return Optional.empty();
        }
        Buffer json = Buffer.buffer(Base64.getUrlDecoder().decode(parts[0]));
        return Optional.of(Json.read(json, SessionRequest.class));
    }

    private void serve(HttpServerRequest request, ServerWebSocket socket, SessionRequest asked) {
        Session session = open(request, new SocketReader(socket), asked);
        socket.handler(ignored -> {});
        socket.exceptionHandler(broken -> {});
        socket.drainHandler(ready -> session.flush());
        socket.closeHandler(closed -> close(asked, session));
        session.flush();
    }

    private void serve(HttpServerRequest request, SessionRequest asked) {
        HttpServerResponse response = request.response();
        boolean isEvents = String.valueOf(request.getHeader(HttpHeaders.ACCEPT)).contains("text/event-stream");
        Session session = open(request, new HttpReader(response, isEvents, asked.tail()), asked);
        response.exceptionHandler(broken -> {});
        response.drainHandler(ready -> session.flush());
        response.endHandler(ended -> close(asked, session));
        response.closeHandler(closed -> close(asked, session));
        session.flush();
    }

    /** Backlog and listening in one turn of the loop: no line is lost or doubled between them. */
    private Session open(HttpServerRequest request, Session.Reader reader, SessionRequest asked) {
        History history = logs.read(asked.app());
        List<NumberedLine> backlog = lastSeen(request)
                .filter(history::hasReached)
                .map(sequence -> history.after(sequence, asked.filter()))
                .orElseGet(() -> history.newest(asked.backlog(), asked.filter()));
        Session session = new Session(reader, asked, backlog, settings.tailBuffer(), platform.clock(), lost);
        open.add(session);
        if (asked.tail()) {
            logs.listen(asked.app(), session);
        }
        return session;
    }

    private void close(SessionRequest asked, Session session) {
        open.remove(session);
        logs.forget(asked.app(), session);
    }

    private static Optional<Long> lastSeen(HttpServerRequest request) {
        String id = request.getHeader("Last-Event-ID");
        return id != null && id.matches("\\d{1,18}") ? Optional.of(Long.parseLong(id)) : Optional.empty();
    }
}
