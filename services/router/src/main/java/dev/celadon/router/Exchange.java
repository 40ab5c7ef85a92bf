package dev.celadon.router;

import dev.celadon.contract.AppWake;
import dev.celadon.contract.DynoSuspect;
import dev.celadon.contract.LogLine;
import dev.celadon.contract.Route;
import dev.celadon.contract.Route.Backend;
import dev.celadon.contract.RouterError;
import dev.celadon.contract.Topic;
import dev.celadon.router.domain.AccessLine;
import dev.celadon.router.domain.Choice;
import dev.celadon.router.domain.HeaderRules;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetSocket;
import java.net.ConnectException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request on its way to a dyno and back. Lives on the event loop of its connection. */
final class Exchange {
    private static final int MOST_ATTEMPTS = 10;

    private final Vertx vertx;
    private final Platform platform;
    private final RouterSettings settings;
    private final Routes routes;
    private final Activity activity;
    private final Choice choice;
    private final HttpClient client;
    private final HttpServerRequest inbound;
    private final Route route;
    private final String requestId;
    private final long startedNanos = System.nanoTime();
    private final Set<UUID> tried = new HashSet<>();
    private @Nullable Backend backend;
    private long connectMillis = -1;
    private long firstByteTimer = -1;
    private @Nullable HttpClientRequest request;
    private boolean isDone;
    private boolean isClientGone;

    /** What every exchange of a loop shares. */
    record Loop(
            Vertx vertx,
            Platform platform,
            RouterSettings settings,
            Routes routes,
            Activity activity,
            Choice choice,
            HttpClient client) {}

    Exchange(Loop loop, HttpServerRequest inbound, Route route) {
        this.vertx = loop.vertx();
        this.platform = loop.platform();
        this.settings = loop.settings();
        this.routes = loop.routes();
        this.activity = loop.activity();
        this.choice = loop.choice();
        this.client = loop.client();
        this.inbound = inbound;
        this.route = route;
        this.requestId = HeaderRules.requestId(header("X-Request-Id"))
                .orElseGet(() -> UUID.randomUUID().toString());
    }

    /** A failure with the code of its log line. */
    private static final class Refused extends RuntimeException {
        private final RouterError error;

        Refused(RouterError error) {
            super(error.description(), null, false, false);
            this.error = error;
        }
    }

    void run() {
        activity.seen(route.appId());
        inbound.response().closeHandler(gone -> clientGone());
        dyno(route)
                .compose(this::connect)
                .compose(this::send)
                .compose(this::relay)
                .onSuccess(bytes -> done(null, inbound.response().getStatusCode(), bytes))
                .onFailure(this::refuse);
    }

    /** A backend, waited for while the app boots. */
    private Future<Backend> dyno(Route current) {
        RouterError refusal = switch (current.state()) {
            case MAINTENANCE -> RouterError.H80;
            case BLANK -> RouterError.H81;
            case NO_WEB -> RouterError.H14;
            case CRASHED -> RouterError.H10;
            case GONE -> RouterError.H99;
            case SERVING, STARTING, IDLE -> null;
        };
        if (refusal != null) {
            return Future.failedFuture(new Refused(refusal));
        }
        Optional<Backend> free = choice.checkOut(current.backends(), tried, System.nanoTime());
        if (free.isPresent()) {
            return Future.succeededFuture(free.get());
        }
        if (!current.backends().isEmpty() && !tried.isEmpty()) {
            return Future.failedFuture(new Refused(RouterError.H21));
        }
        return awaitBackend();
    }

    private Future<Backend> awaitBackend() {
        Promise<Backend> found = Promise.promise();
        var own = vertx.getOrCreateContext();
        Runnable look = () -> own.runOnContext(turn -> {
            Route now = routes.table().find(route.appId()).orElse(route);
            activity.seen(route.appId());
            wake(now);
            boolean canServe = !now.backends().isEmpty()
                    || (now.state() != Route.State.STARTING
                            && now.state() != Route.State.SERVING
                            && now.state() != Route.State.IDLE);
            if (canServe && !found.future().isComplete()) {
                dyno(now).onComplete(answer -> {
                    if (answer.succeeded() && !found.tryComplete(answer.result())) {
                        choice.checkIn(answer.result());
                    } else if (answer.failed()) {
                        found.tryFail(answer.cause());
                    }
                });
            }
        });
        wake(routes.table().find(route.appId()).orElse(route));
        Runnable forget = routes.onSwap(look);
        long limit = vertx.setTimer(settings.boot().toMillis(), tick -> found.tryFail(new Refused(RouterError.H20)));
        long again = vertx.setPeriodic(500, tick -> look.run());
        return found.future().onComplete(done -> {
            forget.run();
            vertx.cancelTimer(limit);
            vertx.cancelTimer(again);
        });
    }

    private void wake(Route now) {
        if (now.state() == Route.State.IDLE) {
            platform.bus().publish(Topic.APP_WAKE, new AppWake(now.appId()));
        }
    }

    /** To this dyno, or to another as long as nothing of the request was sent. */
    private Future<HttpClientRequest> connect(Backend chosen) {
        backend = chosen;
        tried.add(chosen.dynoId());
        long begun = System.nanoTime();
        RequestOptions options = new RequestOptions()
                .setHost(chosen.address())
                .setPort(chosen.port())
                .setMethod(inbound.method())
                .setURI(inbound.uri());
        return client.request(options)
                .onSuccess(connected -> connectMillis = millisSince(begun))
                .recover(cause -> {
                    boolean isRefused = cause instanceof ConnectException
                            && !String.valueOf(cause.getMessage()).contains("timed out");
                    choice.checkIn(chosen);
                    choice.quarantine(chosen, System.nanoTime());
                    platform.bus()
                            .publish(
                                    Topic.DYNO_SUSPECT,
                                    new DynoSuspect(route.appId(), chosen.dynoId(), isRefused ? "refused" : "timeout"));
                    Route now = routes.table().find(route.appId()).orElse(route);
                    boolean hasOther = now.backends().stream().anyMatch(other -> !tried.contains(other.dynoId()));
                    if (tried.size() < MOST_ATTEMPTS && hasOther && !isClientGone) {
                        backend = null;
                        return dyno(now).compose(this::connect);
                    }
                    return Future.failedFuture(new Refused(isRefused ? RouterError.H21 : RouterError.H19));
                });
    }

    private Future<HttpClientResponse> send(HttpClientRequest outbound) {
        request = outbound;
        boolean isUpgrade = !header("Upgrade").isEmpty();
        copyHeaders(inbound.headers(), outbound.headers());
        forwardedHeaders(outbound.headers());
        if (isUpgrade) {
            outbound.putHeader("Connection", "Upgrade").putHeader("Upgrade", header("Upgrade"));
            return outbound.connect().map(response -> response);
        }
        Promise<HttpClientResponse> answer = Promise.promise();
        outbound.exceptionHandler(cause -> answer.tryFail(cause));
        outbound.response().onComplete(response -> {
            if (response.succeeded()) {
                answer.tryComplete(response.result());
            } else {
                answer.tryFail(response.cause());
            }
        });
        boolean hasBody = !header("Content-Length").isEmpty()
                || !header("Transfer-Encoding").isEmpty();
        if (hasBody && header("Content-Length").isEmpty()) {
            outbound.setChunked(true);
        }
        Future<Void> sent = hasBody ? inbound.pipe().endOnFailure(false).to(outbound) : outbound.end();
        // The clock runs from the end of the request, so a slow upload is no slow app.
        sent.onSuccess(ended ->
                        firstByteTimer = vertx.setTimer(settings.firstByte().toMillis(), tick -> {
                            if (answer.tryFail(new Refused(RouterError.H12))) {
                                outbound.reset();
                            }
                        }))
                .onFailure(broken -> {
                    outbound.reset();
                    answer.tryFail(isClientGone ? new Refused(RouterError.H27) : broken);
                });
        return answer.future()
                .onComplete(answered -> vertx.cancelTimer(firstByteTimer))
                .recover(cause -> Future.failedFuture(
                        cause instanceof Refused
                                ? cause
                                : new Refused(isClientGone ? RouterError.H27 : RouterError.H13)));
    }

    private Future<Long> relay(HttpClientResponse answer) {
        HttpServerResponse outbound = inbound.response();
        if (answer.statusCode() == 101) {
            return tunnel(answer);
        }
        outbound.setStatusCode(answer.statusCode());
        if (answer.statusCode() != 304) {
            outbound.setStatusMessage(answer.statusMessage());
        }
        copyHeaders(answer.headers(), outbound.headers());
        outbound.headers().set("Via", "1.1 vegur");
        boolean hasLength = answer.getHeader("Content-Length") != null;
        if (!hasLength && inbound.version() == HttpVersion.HTTP_1_1) {
            outbound.setChunked(true);
        }
        if (hasBody(answer)) {
            // At once: a stream of events may have nothing to say for long.
            outbound.writeHead();
        }
        return answer.pipe()
                .endOnFailure(false)
                .to(outbound)
                .map(sent -> outbound.bytesWritten())
                .recover(broken -> {
                    // The client must see that the body is not whole.
                    outbound.reset();
                    inbound.connection().close();
                    return Future.failedFuture(new Refused(isClientGone ? RouterError.H27 : RouterError.H18));
                });
    }

    private boolean hasBody(HttpClientResponse answer) {
        return !inbound.method().name().equals("HEAD") && answer.statusCode() != 204 && answer.statusCode() != 304;
    }

    /** Any protocol after a 101: bytes both ways until one side ends, or nobody said anything for the idle limit. */
    private Future<Long> tunnel(HttpClientResponse answer) {
        HttpServerResponse outbound = inbound.response().setStatusCode(101);
        answer.headers().forEach(header -> outbound.putHeader(header.getKey(), header.getValue()));
        return inbound.toNetSocket().compose(visitor -> {
            NetSocket dyno = answer.netSocket();
            Future<Void> up = visitor.pipeTo(dyno);
            Future<Void> down = dyno.pipeTo(visitor);
            return Future.join(up, down).transform(ended -> Future.succeededFuture(0L));
        });
    }

    private void clientGone() {
        isClientGone = true;
        HttpClientRequest asked = request;
        if (!isDone && asked != null) {
            asked.reset();
        } else if (!isDone && backend == null) {
            refuse(new Refused(RouterError.H27));
        }
    }

    private void refuse(Throwable cause) {
        RouterError error = cause instanceof Refused refused ? refused.error : classify(cause);
        if (error == RouterError.H99 && cause != null) {
            org.slf4j.LoggerFactory.getLogger(Exchange.class)
                    .atError()
                    .setCause(cause)
                    .log("exchange-failed");
        }
        HttpServerResponse response = inbound.response();
        byte[] page = ErrorPage.of(error).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        if (!response.headWritten() && !response.closed()) {
            response.headers().clear();
            response.setChunked(false);
            response.setStatusCode(error.status()).putHeader("Content-Type", "text/html; charset=utf-8");
            response.putHeader("Cache-Control", "no-cache, no-store");
            response.end(io.vertx.core.buffer.Buffer.buffer(page));
            inbound.resume();
        }
        done(error, error.status(), error == RouterError.H27 ? 0 : page.length);
    }

    private static RouterError classify(Throwable cause) {
        return cause instanceof TimeoutException ? RouterError.H15 : RouterError.H99;
    }

    private void done(@Nullable RouterError error, int status, long bytes) {
        if (isDone) {
            return;
        }
        isDone = true;
        if (backend != null && (error != RouterError.H21 && error != RouterError.H19)) {
            choice.checkIn(backend);
        }
        AccessLine line = new AccessLine(
                error,
                inbound.method().name(),
                String.valueOf(inbound.uri()),
                header("Host").toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", ""),
                requestId,
                forwardedFor(),
                backend == null ? "" : backend.name(),
                connectMillis,
                backend == null ? -1 : millisSince(startedNanos),
                status,
                bytes,
                inbound.isSSL() ? "https" : "http");
        platform.appLog()
                .write(new LogLine(route.appId(), platform.clock().instant(), "heroku", "router", line.text()));
        platform.meters()
                .counter("router.requests", "code", error == null ? "ok" : error.code(), "class", status / 100 + "xx")
                .increment();
    }

    private void copyHeaders(MultiMap from, MultiMap to) {
        List<String> named = Arrays.stream(
                        String.join(",", from.getAll("Connection")).split(","))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
        from.forEach(header -> {
            if (HeaderRules.passes(header.getKey(), named)) {
                to.add(header.getKey(), header.getValue());
            }
        });
    }

    private void forwardedHeaders(MultiMap headers) {
        headers.set("X-Forwarded-For", forwardedFor());
        headers.set("X-Forwarded-Proto", inbound.isSSL() ? "https" : "http");
        headers.set("X-Forwarded-Port", inbound.isSSL() ? "443" : "80");
        headers.set("X-Request-Start", Long.toString(platform.clock().millis()));
        headers.set("X-Request-Id", requestId);
        headers.set("Via", "1.1 vegur");
        headers.set("Connect-Time", Long.toString(Math.max(0, connectMillis)));
        headers.set("Total-Route-Time", Long.toString(millisSince(startedNanos)));
    }

    private String forwardedFor() {
        String before = header("X-Forwarded-For");
        String address = inbound.remoteAddress().hostAddress();
        return before.isEmpty() ? address : before + ", " + address;
    }

    private String header(String name) {
        String value = inbound.getHeader(name);
        return value == null ? "" : value;
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
