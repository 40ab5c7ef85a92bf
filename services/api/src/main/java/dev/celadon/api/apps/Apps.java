package dev.celadon.api.apps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.domain.AppNames;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.contract.AppChanged;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /apps}: create, list, show, rename, put in maintenance, delete. */
public final class Apps {
    private static final Logger log = LoggerFactory.getLogger(Apps.class);

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
        endpoints.add(HttpMethod.GET, "/users/~/apps", this::list);
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app",
                request -> find(request).map(this::json).map(Endpoints.Answer::ok));
        endpoints.add(HttpMethod.PATCH, "/apps/:app", this::update);
        endpoints.add(HttpMethod.DELETE, "/apps/:app", this::delete);
    }

    public Future<App> find(Endpoints.Request request) {
        return store.find(request.parameter("app"), request.caller().accountId());
    }

    private Future<Endpoints.Answer> create(Endpoints.Request request) {
        request.body().text("stack").filter(stack -> !stack.equals("cedar")).ifPresent(stack -> {
            throw ApiException.invalid("Stack " + stack + " cannot be used for new apps; use cedar.");
        });
        String name = checked(request.body().text("name").orElseGet(() -> AppNames.random(random)));
        return store.create(name, request.caller().accountId())
                .recover(cause -> Future.failedFuture(taken(cause, name)))
                .onSuccess(id -> {
                    log.atInfo()
                            .addKeyValue("app", name)
                            .addKeyValue("by", request.caller().email())
                            .log("app-created");
                    bus.publish(Topic.APP_CHANGED, new AppChanged(id));
                })
                .compose(id -> store.find(name, request.caller().accountId()))
                .map(this::json)
                .map(Endpoints.Answer::created);
    }

    private Future<Endpoints.Answer> list(Endpoints.Request request) {
        return store.of(request.caller().accountId())
                .map(apps -> apps.stream().map(this::json).toList())
                .map(Endpoints.Answer::ok);
    }

    private Future<Endpoints.Answer> update(Endpoints.Request request) {
        return find(request).compose(app -> {
            String name = checked(request.body().text("name").orElse(app.name()));
            boolean isInMaintenance = request.body().flag("maintenance").orElse(app.isInMaintenance());
            return store.update(app.id(), name, isInMaintenance)
                    .recover(cause -> Future.failedFuture(taken(cause, name)))
                    .onSuccess(done -> bus.publish(Topic.APP_CHANGED, new AppChanged(app.id())))
                    .compose(done -> store.find(name, request.caller().accountId()))
                    .map(this::json)
                    .map(Endpoints.Answer::ok);
        });
    }

    private Future<Endpoints.Answer> delete(Endpoints.Request request) {
        return find(request)
                .compose(app -> store.delete(app.id())
                        .onSuccess(done -> {
                            log.atInfo()
                                    .addKeyValue("app", app.name())
                                    .addKeyValue("by", request.caller().email())
                                    .log("app-deleted");
                            bus.publish(Topic.APP_CHANGED, new AppChanged(app.id()));
                        })
                        .map(done -> Endpoints.Answer.ok(json(app))));
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

    private ObjectNode json(App app) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("id", app.id().toString()).put("name", app.name()).put("web_url", app.webUrl());
        json.put("git_url", "https://" + gitHost + "/" + app.name() + ".git");
        json.putObject("owner").put("id", app.ownerId().toString()).put("email", app.ownerEmail());
        json.putObject("region")
                .put("id", "00000000-0000-0000-0000-000000000001")
                .put("name", "local");
        json.putObject("stack")
                .put("id", "00000000-0000-0000-0000-000000000002")
                .put("name", app.stack());
        json.putObject("build_stack")
                .put("id", "00000000-0000-0000-0000-000000000002")
                .put("name", app.stack());
        json.putObject("generation")
                .put("id", "00000000-0000-0000-0000-000000000003")
                .put("name", "cedar");
        json.put("create_status", "complete")
                .put("maintenance", app.isInMaintenance())
                .put("acm", false);
        json.putNull("buildpack_provided_description")
                .putNull("repo_size")
                .putNull("slug_size")
                .putNull("space");
        json.putNull("team").putNull("organization").putNull("archived_at").putNull("released_at");
        json.put("created_at", app.createdAt().toInstant().toString());
        json.put("updated_at", app.updatedAt().toInstant().toString());
        return json;
    }
}
