package dev.celadon.api.http;

import dev.celadon.api.domain.ListRange;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * One request to a resource: who asks, its path parameters and its body.
 *
 * @param route {@code PATCH /apps/:app/config-vars}
 */
public record Request(Caller caller, String route, RoutingContext context, Body body) {
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final String APP = "app-id";
    private static final String TOLD = "told";

    public String parameter(String name) {
        return context.pathParam(name);
    }

    /** The parameter as an id; another form is an id that nothing has. */
    public UUID id(String name) {
        return idOf(parameter(name)).orElse(Caller.NOBODY);
    }

    public static Optional<UUID> idOf(String text) {
        return UUID_FORM.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(context.request().getHeader(name));
    }

    public Optional<String> query(String name) {
        return Optional.ofNullable(context.request().getParam(name));
    }

    /** What part of a list is asked for; headers of another form are ignored. */
    public Optional<ListRange> range() {
        return header("Range").flatMap(ListRange::parse);
    }

    public String requestId() {
        return context.get(Endpoints.REQUEST_ID);
    }

    /** Fails with 404 unless the parameter names the caller: by e-mail, by id, or as {@code ~}. */
    public void requireSelf(String name) {
        String user = parameter(name);
        if (!user.equals("~")
                && !user.equalsIgnoreCase(caller.email())
                && !idOf(user).equals(Optional.of(caller.accountId()))) {
            throw ApiException.notFound("account");
        }
    }

    /** Remembers which app the request is about, for the audit trail and webhooks. */
    public void about(UUID app) {
        context.put(APP, app);
    }

    public Optional<UUID> app() {
        return Optional.ofNullable(context.get(APP));
    }

    /** The audit trail and the webhooks know of the change. */
    public void told() {
        context.put(TOLD, true);
    }

    boolean isTold() {
        return context.get(TOLD, false);
    }
}
