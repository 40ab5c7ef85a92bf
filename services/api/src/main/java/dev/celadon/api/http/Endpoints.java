package dev.celadon.api.http;

import dev.celadon.api.domain.ListRange;
import dev.celadon.api.domain.Scope;
import dev.celadon.contract.ErrorId;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Hangs resources on the router: admits, parses, asks the resource, and answers; errors in one form. */
public final class Endpoints {
    public static final String REQUEST_ID = "request-id";

    private static final String ALLOWED = "GET, POST, PUT, PATCH, DELETE, OPTIONS";

    private final Router router;
    private final Around around;
    private final BodyHandler bodies;
    private final Map<String, Function<Request, Future<Answer>>> reads = new HashMap<>();
    private final List<String> mounted = new ArrayList<>();

    /** What happens around every request. */
    public interface Around {
        /** Fails with 401 or 403 unless the credentials may do what needs the scope. */
        Future<Caller> admit(RoutingContext context, Scope needed);

        /** After a change that succeeded and that was not told of yet, before it is answered. */
        Future<Void> changed(Request request, Answer answer);
    }

    public Endpoints(Router router, long maxBody, Around around) {
        this.router = router;
        this.around = around;
        this.bodies = BodyHandler.create(false).setBodyLimit(maxBody);
        router.route().handler(this::open);
        router.route().failureHandler(context -> Failures.answer(context, context.failure()));
        router.errorHandler(
                404,
                context -> Failures.answer(
                        context,
                        ApiException.notFound("resource: " + context.request().path())));
        router.errorHandler(
                405,
                context -> Failures.answer(
                        context,
                        new ApiException(
                                ErrorId.METHOD_NOT_ALLOWED, context.request().method() + " is not possible here.")));
    }

    /** A resource; reading needs the scope {@code read}, everything else {@code write}. */
    public void add(HttpMethod method, String path, Function<Request, Future<Answer>> resource) {
        add(method, path, method.equals(HttpMethod.GET) ? Scope.READ : Scope.WRITE, resource);
    }

    public void add(HttpMethod method, String path, Scope scope, Function<Request, Future<Answer>> resource) {
        mount(method, path, resource, context -> around.admit(context, scope));
    }

    /** What there is none of; asked for, it is not found in words that say so. In no schema. */
    public void none(HttpMethod method, String path, Function<Request, Future<Answer>> refusal) {
        route(method, path, refusal, context -> around.admit(context, Scope.READ));
    }

    /** A resource for everybody, credentials or not. */
    public void open(HttpMethod method, String path, Function<Request, Future<Answer>> resource) {
        mount(method, path, resource, context -> Future.succeededFuture(Caller.ANYBODY));
    }

    /** What is no JSON: pages, uploads, streams. It admits and answers by itself. */
    public void raw(HttpMethod method, String path, Handler<RoutingContext> handler) {
        router.route(method, path).handler(handler);
    }

    /** A page's form, read whole. */
    public void form(HttpMethod method, String path, Handler<RoutingContext> handler) {
        router.route(method, path).handler(bodies).handler(handler);
    }

    /** {@code GET /apps/:app} of each resource, in mounting order. */
    public List<String> mounted() {
        return List.copyOf(mounted);
    }

    private void mount(
            HttpMethod method,
            String path,
            Function<Request, Future<Answer>> resource,
            Function<RoutingContext, Future<Caller>> admit) {
        mounted.add(method + " " + path);
        if (method.equals(HttpMethod.GET)) {
            reads.put(path, resource);
        }
        route(method, path, resource, admit);
    }

    private void route(
            HttpMethod method,
            String path,
            Function<Request, Future<Answer>> resource,
            Function<RoutingContext, Future<Caller>> admit) {
        String route = method + " " + path;
        boolean isRead = method.equals(HttpMethod.GET);
        router.route(method, path)
                .handler(bodies)
                .handler(context -> Future.succeededFuture()
                        .compose(begun -> admit.apply(context))
                        .map(caller -> new Request(caller, route, context, Body.parse(text(context))))
                        .compose(request -> isRead
                                ? resource.apply(request)
                                : unchanged(request, path)
                                        .compose(same -> resource.apply(request))
                                        .compose(answer -> request.isTold()
                                                ? Future.succeededFuture(answer)
                                                : around.changed(request, answer)
                                                        .map(answer)))
                        .onSuccess(answer -> Answering.answer(context, answer))
                        .onFailure(cause -> Failures.answer(context, cause)));
    }

    /** {@code If-Match}: what the caller read before must be what is there now. */
    private Future<Void> unchanged(Request request, String path) {
        String expected = request.header("If-Match").orElse("*");
        Function<Request, Future<Answer>> read = reads.get(path);
        if (expected.equals("*") || read == null) {
            return Future.succeededFuture();
        }
        return read.apply(request).compose(now -> {
            ListRange all =
                    ListRange.of(now.ranges().isEmpty() ? "id" : now.ranges().get(0));
            return Answering.matches(expected, Answering.tag(Answering.body(now, all)))
                    ? Future.succeededFuture()
                    : Future.failedFuture(new ApiException(
                            ErrorId.PRECONDITION_FAILED, "The resource has changed since you read it."));
        });
    }

    /** Every request gets an id; an override of the method and foreign versions are seen here. */
    private void open(RoutingContext context) {
        String override = context.request().getHeader("X-Http-Method-Override");
        if (override != null && context.request().method().equals(HttpMethod.POST) && context.get(REQUEST_ID) == null) {
            RequestIds.give(context);
            context.reroute(
                    HttpMethod.valueOf(override.toUpperCase(java.util.Locale.ROOT)),
                    context.request().path());
            return;
        }
        RequestIds.give(context);
        context.response()
                .putHeader("Access-Control-Allow-Origin", "*")
                .putHeader(
                        "Access-Control-Expose-Headers",
                        "Request-Id, ETag, Next-Range, Content-Range, RateLimit-Remaining");
        if (context.request().method().equals(HttpMethod.OPTIONS)) {
            context.response()
                    .putHeader("Access-Control-Allow-Methods", ALLOWED)
                    .putHeader(
                            "Access-Control-Allow-Headers",
                            "Authorization, Content-Type, Accept, Range, If-Match, If-None-Match")
                    .setStatusCode(204)
                    .end();
        } else if (Versions.isServed(context.request().getHeader(HttpHeaders.ACCEPT))) {
            context.next();
        } else {
            Failures.answer(
                    context,
                    new ApiException(
                            ErrorId.NOT_ACCEPTABLE,
                            "Only version 3 of the API is served (Accept: application/vnd.heroku+json; version=3)."));
        }
    }

    private static String text(RoutingContext context) {
        String body = context.body().asString();
        return body == null ? "" : body;
    }
}
