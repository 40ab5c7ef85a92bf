package dev.celadon.api;

import dev.celadon.api.apps.ConfigStore;
import dev.celadon.api.domains.AcmeStore;
import dev.celadon.api.domains.CertificateStore;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Caller;
import dev.celadon.api.http.Request;
import dev.celadon.api.processes.OneOffStore;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/** What other services ask the API over internal HTTP: environments of dynos, and certificates with their keys. */
final class InternalResources {
    private final ConfigStore configs;
    private final OneOffStore oneOffs;
    private final CertificateStore certificates;
    private final AcmeStore acme;

    InternalResources(ConfigStore configs, OneOffStore oneOffs, CertificateStore certificates, AcmeStore acme) {
        this.configs = configs;
        this.oneOffs = oneOffs;
        this.certificates = certificates;
        this.acme = acme;
    }

    void mount(Router router) {
        router.get("/api/releases/:id/environment").handler(context -> answer(context, configs.ofRelease(id(context))));
        router.get("/api/one-offs/:id/environment")
                .handler(context -> answer(context, oneOffs.environment(id(context))));
        router.get("/api/certificates").handler(context -> answer(context, certificates.served()));
        router.get("/api/acme-challenges/:token").handler(this::challenge);
    }

    private void challenge(RoutingContext context) {
        String host = String.valueOf(context.request().getParam("host"));
        acme.answer(context.pathParam("token"), host)
                .onSuccess(found -> found.ifPresentOrElse(
                        answer -> context.response()
                                .putHeader("Content-Type", "text/plain")
                                .end(answer),
                        () -> context.response().setStatusCode(404).end()))
                .onFailure(cause -> context.response().setStatusCode(503).end());
    }

    private static UUID id(RoutingContext context) {
        return Request.idOf(context.pathParam("id")).orElse(Caller.NOBODY);
    }

    private static void answer(RoutingContext context, Future<?> resource) {
        resource.onSuccess(found -> {
                    Buffer body = Json.write(found);
                    String tag = tag(body);
                    context.response().putHeader("ETag", tag).putHeader("Content-Type", "application/json");
                    if (tag.equals(context.request().getHeader("If-None-Match"))) {
                        context.response().setStatusCode(304).end();
                    } else {
                        context.response().end(body);
                    }
                })
                .onFailure(cause -> context.response()
                        .setStatusCode(
                                cause instanceof ApiException told ? told.id().status() : 500)
                        .end(String.valueOf(cause.getMessage())));
    }

    private static String tag(Buffer body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes());
            return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
