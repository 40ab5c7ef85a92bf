package dev.celadon.api.domains;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.util.UUID;

/**
 * {@code /apps/:app/sni-endpoints}: certificates that the router serves for an app's custom domains. The domains that a
 * new certificate is for, and that have none yet, are bound to it.
 */
public final class SniEndpoints {
    private final Vertx vertx;
    private final Apps apps;
    private final CertificateStore store;
    private final AutomaticCertificates automatic;

    public SniEndpoints(Vertx vertx, Apps apps, CertificateStore store, AutomaticCertificates automatic) {
        this.vertx = vertx;
        this.apps = apps;
        this.store = store;
        this.automatic = automatic;
    }

    public void mount(Endpoints endpoints) {
        String one = "/apps/:app/sni-endpoints/:endpoint";
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/sni-endpoints",
                request -> apps.find(request).compose(store::of).map(found -> Answer.list(found, "id", "created_at")));
        endpoints.add(
                HttpMethod.POST,
                "/apps/:app/sni-endpoints",
                request -> apps.find(request)
                        .compose(app -> parse(request)
                                .compose(certificate -> store.insert(app, certificate))
                                .compose(id -> automatic.follow(app).map(id))
                                .compose(id -> store.find(app, id.toString())))
                        .map(made -> Answer.created(made).change("api:sni-endpoint", "create")));
        endpoints.add(
                HttpMethod.GET,
                one,
                request -> apps.find(request)
                        .compose(app -> store.find(app, request.parameter("endpoint")))
                        .map(Answer::ok));
        endpoints.add(
                HttpMethod.PATCH,
                one,
                request -> apps.find(request)
                        .compose(app -> store.find(app, request.parameter("endpoint"))
                                .compose(found ->
                                        parse(request).compose(certificate -> store.replace(id(found), certificate)))
                                .compose(done -> automatic.follow(app))
                                .compose(done -> store.find(app, request.parameter("endpoint"))))
                        .map(changed -> Answer.ok(changed).change("api:sni-endpoint", "update")));
        endpoints.add(
                HttpMethod.DELETE,
                one,
                request -> apps.find(request)
                        .compose(app -> store.find(app, request.parameter("endpoint"))
                                .compose(found -> store.delete(id(found))
                                        .compose(done -> automatic.follow(app))
                                        .map(done -> Answer.ok(found))))
                        .map(answer -> answer.change("api:sni-endpoint", "destroy")));
        endpoints.add(HttpMethod.POST, "/apps/:app/acm", request -> automate(request, true));
        endpoints.add(HttpMethod.PATCH, "/apps/:app/acm", request -> automate(request, true));
        endpoints.add(HttpMethod.DELETE, "/apps/:app/acm", request -> automate(request, false));
    }

    private Future<Answer> automate(Request request, boolean isOn) {
        return apps.find(request)
                .compose(app -> automatic.automate(app, isOn))
                .compose(done -> apps.find(request))
                .map(app -> Answer.ok(apps.json(app)));
    }

    private Future<Certificate> parse(Request request) {
        String chain = request.body().required("certificate_chain");
        String key = request.body().required("private_key");
        return vertx.executeBlocking(() -> Certificate.parse(chain, key), false);
    }

    private static UUID id(ObjectNode endpoint) {
        return UUID.fromString(endpoint.get("id").asText());
    }

    static ApiException absent() {
        return ApiException.notFound("sni endpoint");
    }

    static ObjectNode reference(App app) {
        return Representation.named(app.id(), app.name());
    }
}
