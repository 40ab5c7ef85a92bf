package dev.celadon.api.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Request;
import dev.celadon.contract.ErrorId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** Add-ons, of which this platform offers none: lists are empty, and whoever asks for one is told so. */
public final class Addons {
    private static final String ADDON = "add on";
    private static final String ATTACHMENT = "add on attachment";
    private static final String SERVICE = "add on service";

    private final Apps apps;

    public Addons(Apps apps) {
        this.apps = apps;
    }

    public void mount(Endpoints endpoints) {
        for (String list : List.of("addons", "addon-attachments")) {
            endpoints.add(HttpMethod.GET, "/" + list, request -> Future.succeededFuture(Answer.list(List.of(), "id")));
            endpoints.add(
                    HttpMethod.GET,
                    "/apps/:app/" + list,
                    request -> apps.find(request).map(app -> Answer.list(List.of(), "id")));
        }
        endpoints.add(
                HttpMethod.GET, "/addon-services", request -> Future.succeededFuture(Answer.list(List.of(), "id")));
        none(endpoints, SERVICE, HttpMethod.GET, "/addon-services/:service", "/addon-services/:service/plans");
        none(endpoints, ADDON, HttpMethod.GET, "/addons/:addon", "/addons/:addon/addon-attachments");
        none(endpoints, ADDON, HttpMethod.PATCH, "/addons/:addon");
        none(endpoints, ADDON, HttpMethod.POST, "/actions/addons/resolve", "/addon-attachments");
        none(endpoints, ATTACHMENT, HttpMethod.POST, "/actions/addon-attachments/resolve");
        none(endpoints, ATTACHMENT, HttpMethod.GET, "/addon-attachments/:attachment");
        none(endpoints, ATTACHMENT, HttpMethod.DELETE, "/addon-attachments/:attachment");
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.PATCH, HttpMethod.DELETE)) {
            none(endpoints, ADDON, method, "/apps/:app/addons/:addon");
        }
        none(endpoints, ATTACHMENT, HttpMethod.GET, "/apps/:app/addon-attachments/:attachment");
        endpoints.none(
                HttpMethod.POST,
                "/apps/:app/addons",
                request -> apps.find(request)
                        .compose(app -> Future.failedFuture(new ApiException(
                                ErrorId.NOT_FOUND,
                                "Couldn't find the add-on service " + service(request)
                                        + ": this platform offers none."))));
    }

    private static void none(Endpoints endpoints, String what, HttpMethod method, String... paths) {
        for (String path : paths) {
            endpoints.none(method, path, request -> Future.failedFuture(ApiException.notFound(what)));
        }
    }

    /** {@code heroku-postgresql} of {@code heroku-postgresql:mini}. */
    private static String service(Request request) {
        JsonNode plan = request.body().json().path("plan");
        return (plan.isTextual() ? plan : plan.path("name")).asText().replaceAll(":.*", "");
    }
}
