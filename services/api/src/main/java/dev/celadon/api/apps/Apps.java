package dev.celadon.api.apps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.domain.AppNames;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import dev.celadon.contract.AppChanged;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /apps}: create, list, show, rename, put in maintenance, delete; and the way to an app for everybody else. */
public final class Apps {
    public static final String STACK = "cedar";
    public static final String REGION = "local";

    private static final Logger log = LoggerFactory.getLogger(Apps.class);
    private static final int MOST_NAMES_TRIED = 5;

    private final AppStore store;
    private final Bus bus;
    private final String gitHost;
    private final SecureRandom random = new SecureRandom();

    public Apps(AppStore store, Bus bus, String gitHost) {
        this.store = store;
        this.bus = bus;
        this.gitHost = gitHost;
    }

    public void mount(Endpoints endpoints) {
        endpoints.add(HttpMethod.POST, "/apps", this::create);
        endpoints.add(HttpMethod.GET, "/apps", this::list);
        endpoints.add(HttpMethod.GET, "/users/:user/apps", request -> {
            request.requireSelf("user");
            return list(request);
        });
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app",
                request -> find(request).map(this::json).map(Answer::ok));
        endpoints.add(HttpMethod.PATCH, "/apps/:app", this::update);
        endpoints.add(HttpMethod.DELETE, "/apps/:app", this::delete);
        endpoints.add(HttpMethod.POST, "/filters/apps", this::filter);
    }

    /** The app of the path, for its owner and its collaborators. */
    public Future<App> find(Request request) {
        return find(request, request.parameter("app"));
    }

    public Future<App> find(Request request, String nameOrId) {
        return store.find(nameOrId, request.caller().accountId()).onSuccess(app -> request.about(app.id()));
    }

    /** The app of the path, for its owner only. */
    public Future<App> owned(Request request) {
        return find(request).map(app -> {
            requireOwner(request, app);
            return app;
        });
    }

    public static void requireOwner(Request request, App app) {
        if (!app.ownerId().equals(request.caller().accountId())) {
            throw ApiException.forbidden("Only the owner of " + app.name() + " may do that.");
        }
    }

    public void changed(UUID app) {
        bus.publish(Topic.APP_CHANGED, new AppChanged(app));
    }

    private Future<Answer> create(Request request) {
        request.body().text("stack").ifPresent(Apps::checkedStack);
        request.body().text("region").filter(region -> !region.equals(REGION)).ifPresent(region -> {
            throw ApiException.invalid("region: " + region + " (expected: " + REGION + ")");
        });
        Supplier<String> names = request.body()
                .text("name")
                .<Supplier<String>>map(name -> () -> checked(name))
                .orElse(() -> AppNames.random(random));
        int tries = request.body().text("name").isPresent() ? 1 : MOST_NAMES_TRIED;
        return create(names, request.caller().accountId(), tries)
                .onSuccess(id -> {
                    request.about(id);
                    changed(id);
                })
                .compose(id -> store.find(id.toString(), request.caller().accountId()))
                .onSuccess(app -> log.atInfo()
                        .addKeyValue("app", app.name())
                        .addKeyValue("by", request.caller().email())
                        .log("app-created"))
                .map(app -> Answer.created(json(app)).change("api:app", "create"));
    }

    private Future<UUID> create(Supplier<String> names, UUID account, int tries) {
        String name = names.get();
        return store.create(name, account)
                .recover(cause -> Database.isUniqueViolation(cause) && tries > 1
                        ? create(names, account, tries - 1)
                        : Future.failedFuture(taken(cause, name)));
    }

    private Future<Answer> list(Request request) {
        return store.of(request.caller().accountId()).map(this::list);
    }

    private Future<Answer> filter(Request request) {
        UUID[] ids = request.body().object("in").texts("id").orElse(List.of()).stream()
                .flatMap(id -> Request.idOf(id).stream())
                .toArray(UUID[]::new);
        return store.among(request.caller().accountId(), ids).map(this::list);
    }

    private Answer list(List<App> apps) {
        return Answer.list(apps.stream().map(this::json).toList(), "name", "id", "updated_at");
    }

    private Future<Answer> update(Request request) {
        return find(request).compose(app -> {
            String name = checked(request.body().text("name").orElse(app.name()));
            if (!name.equals(app.name())) {
                requireOwner(request, app);
            }
            String stack =
                    request.body().text("build_stack").map(Apps::checkedStack).orElse(null);
            boolean isInMaintenance = request.body().flag("maintenance").orElse(app.isInMaintenance());
            return store.update(app.id(), name, isInMaintenance, stack)
                    .recover(cause -> Future.failedFuture(taken(cause, name)))
                    .onSuccess(done -> changed(app.id()))
                    .compose(done ->
                            store.find(app.id().toString(), request.caller().accountId()))
                    .map(updated -> Answer.ok(json(updated)).change("api:app", "update"));
        });
    }

    private Future<Answer> delete(Request request) {
        return owned(request)
                .compose(app -> store.delete(app.id())
                        .onSuccess(done -> {
                            log.atInfo()
                                    .addKeyValue("app", app.name())
                                    .addKeyValue("by", request.caller().email())
                                    .log("app-deleted");
                            changed(app.id());
                        })
                        .map(done -> Answer.ok(json(app))));
    }

    private static String checkedStack(String stack) {
        if (!stack.equals(STACK)
                && !stack.equals(Representation.idOf("stack " + STACK).toString())) {
            throw ApiException.invalid("Stack " + stack + " cannot be used for new apps; use " + STACK + ".");
        }
        return STACK;
    }

    private static String checked(String name) {
        AppNames.problem(name).ifPresent(problem -> {
            throw ApiException.invalid(problem);
        });
        return name;
    }

    private static Throwable taken(Throwable cause, String name) {
        return Database.isUniqueViolation(cause) ? ApiException.invalid("Name " + name + " is already taken.") : cause;
    }

    /** The one representation of an app, for every variant of the API's version 3. */
    public ObjectNode json(App app) {
        ObjectNode json = Representation.named(app.id(), app.name()).put("web_url", app.webUrl());
        json.put("git_url", "https://" + gitHost + "/" + app.name() + ".git");
        json.set("owner", Representation.user(app.ownerId(), app.ownerEmail()));
        json.set("region", Representation.named(Representation.idOf("region " + REGION), REGION));
        json.set("stack", Representation.named(Representation.idOf("stack " + app.stack()), app.stack()));
        json.set(
                "build_stack",
                Representation.named(Representation.idOf("stack " + app.buildStack()), app.buildStack()));
        json.set("generation", Representation.named(Representation.idOf("generation cedar"), "cedar"));
        json.put("create_status", "complete").put("maintenance", app.isInMaintenance());
        json.put("acm", app.hasAcm()).put("internal_routing", false).put("process_tier", "production");
        json.put("buildpack_provided_description", app.buildpack());
        json.putNull("repo_size").put("slug_size", app.slugBytes());
        json.putNull("space").putNull("team").putNull("organization").putNull("archived_at");
        json.put("released_at", Representation.time(app.releasedAt()));
        json.put("created_at", Representation.time(app.createdAt()));
        return json.put("updated_at", Representation.time(app.updatedAt()));
    }
}
