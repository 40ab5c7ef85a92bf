package dev.celadon.logplex;

import dev.celadon.logplex.domain.History;
import dev.celadon.logplex.domain.NumberedLine;
import dev.celadon.runtime.Platform;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Log sessions for people: one signed URL, read as a WebSocket, as server-sent events or as plain text. */
final class SessionServer {
    private static final String PURPOSE = "log-session";
    private static final String PREFIX = "/logs/";
    private static final long PEERS_MILLIS = 1_000;
    /** Between the clocks of two logplexes, and of lines that came faster than one in a microsecond. */
    private static final Duration SKEW = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Context loop;
    private final Platform platform;
    private final LogplexSettings settings;
    private final AppLogs logs;
    private final Openings openings;
    private final Peers peers;
    private final Counter lost;
    private final Set<Session> open = ConcurrentHashMap.newKeySet();
    private final Map<Session, Follower> followers = new HashMap<>();
    private @Nullable HttpServer server;
    private boolean isStopping;

    SessionServer(Vertx vertx, Platform platform, LogplexSettings settings, AppLogs logs) {
        this.vertx = vertx;
        this.loop = vertx.getOrCreateContext();
        this.platform = platform;
        this.settings = settings;
        this.logs = logs;
        this.openings = new Openings(platform.database());
        this.peers = new Peers(platform, settings.keepAlive());
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
        vertx.setPeriodic(PEERS_MILLIS, tick -> followers.values().forEach(Follower::look));
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
        Optional<SessionRequest> signed = read(request.path());
        if (signed.isEmpty() || logs.isGone(signed.get().app())) {
            refuse(request, 404, "There is no such log session.");
        } else if (signed.get().expires() <= platform.clock().instant().getEpochSecond()) {
            refuse(request, 403, "This log session has expired; ask the API for a new one.");
        } else if (isStopping || open.size() >= settings.mostSessions()) {
            refuse(request, 503, "No more log sessions can be opened now; try again soon.");
        } else {
            boolean isSocket = request.canUpgradeToWebSocket();
            SessionRequest asked = signed.get().after(lastSeen(request));
            // Whoever reads on a WebSocket follows.
            begin(request, isSocket ? asked.tail(true) : asked, isSocket);
        }
    }

    /** Nothing is read of the request until what is at other places is here. */
    private void begin(HttpServerRequest request, SessionRequest asked, boolean isSocket) {
        request.pause();
        openings.closed(List.of(asked))
                .compose(closed -> closed.isEmpty()
                        ? peers.backlog(asked)
                        : Future.failedFuture("What this log session was opened with has been revoked."))
                .onSuccess(backlogs -> {
                    if (isSocket) {
                        request.toWebSocket().onSuccess(socket -> serve(socket, asked, backlogs));
                    } else {
                        serve(request, asked, backlogs);
                    }
                })
                .onFailure(revoked -> refuse(request, 403, String.valueOf(revoked.getMessage())))
                .onComplete(begun -> request.resume());
    }

    /** Ends the sessions whose token opens the app no more; their readers come back and are refused. */
    void look() {
        openings.closed(open.stream().map(Session::asked).toList())
                .onSuccess(closed -> open.stream()
                        .filter(session -> closed.contains(session.asked()))
                        .forEach(session -> session.leave(Session.SOON)));
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
        return parts.length == 2 && platform.keys().isSigned(PURPOSE, parts[0], parts[1])
                ? Optional.of(SessionRequest.decode(parts[0]))
                : Optional.empty();
    }

    private void serve(ServerWebSocket socket, SessionRequest asked, Map<String, List<NumberedLine>> backlogs) {
        Session session = open(new SocketReader(socket), asked, backlogs);
        socket.handler(ignored -> {});
        socket.exceptionHandler(broken -> {});
        socket.drainHandler(ready -> session.flush());
        socket.closeHandler(closed -> close(session));
        session.flush();
    }

    private void serve(HttpServerRequest request, SessionRequest asked, Map<String, List<NumberedLine>> backlogs) {
        HttpServerResponse response = request.response();
        boolean isEvents = String.valueOf(request.getHeader(HttpHeaders.ACCEPT)).contains("text/event-stream");
        Session session = open(new HttpReader(response, isEvents, asked.tail()), asked, backlogs);
        response.exceptionHandler(broken -> {});
        response.drainHandler(ready -> session.flush());
        response.endHandler(ended -> close(session));
        response.closeHandler(closed -> close(session));
        session.flush();
    }

    /** For another logplex's session, on the loop of internal HTTP: what is here, not what is at others. */
    void answerPeer(RoutingContext context) {
        SessionRequest asked = SessionRequest.decode(context.request().params().get("asked"));
        HttpServerResponse response = context.response().setChunked(true);
        loop.runOnContext(turn -> {
            Session session = open(new PeerReader(response), asked, Map.of());
            response.exceptionHandler(broken -> {});
            response.drainHandler(ready -> loop.runOnContext(next -> session.flush()));
            response.endHandler(ended -> loop.runOnContext(next -> close(session)));
            response.closeHandler(closed -> loop.runOnContext(next -> close(session)));
            session.flush();
        });
    }

    /** Backlog and listening in one turn of the loop: no line is lost or doubled between them. */
    private Session open(Session.Reader reader, SessionRequest asked, Map<String, List<NumberedLine>> backlogs) {
        List<NumberedLine> lines = new ArrayList<>(here(asked));
        backlogs.values().forEach(lines::addAll);
        lines.sort(Comparator.comparingLong(NumberedLine::sequence));
        int most = asked.after() == null ? asked.backlog() : lines.size();
        List<NumberedLine> backlog = lines.subList(Math.max(0, lines.size() - most), lines.size());
        Session session = new Session(reader, asked, backlog, settings.tailBuffer(), platform.clock(), lost);
        open.add(session);
        if (asked.tail()) {
            logs.listen(asked.app(), session);
        }
        if (asked.tail() && !(reader instanceof PeerReader)) {
            Follower follower = new Follower(
                    peers, session, backlogs, History.sequence(platform.clock().instant()));
            followers.put(session, follower);
            follower.look();
        }
        return session;
    }

    private List<NumberedLine> here(SessionRequest asked) {
        History history = logs.read(asked.app());
        return asked.after() == null
                ? history.newest(asked.backlog(), asked.filter())
                : history.after(asked.after(), asked.filter());
    }

    private void close(Session session) {
        open.remove(session);
        logs.forget(session.asked().app(), session);
        Follower follower = followers.remove(session);
        if (follower != null) {
            follower.close();
        }
    }

    /** A number of the future is none of ours, and says nothing about where to go on. */
    private @Nullable Long lastSeen(HttpServerRequest request) {
        String id = request.getHeader("Last-Event-ID");
        boolean isNumber = id != null && id.matches("\\d{1,18}");
        long most = History.sequence(platform.clock().instant().plus(SKEW));
        return isNumber && Long.parseLong(id) <= most ? (Long) Long.parseLong(id) : null;
    }
}
