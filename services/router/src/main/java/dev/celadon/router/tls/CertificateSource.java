package dev.celadon.router.tls;

import dev.celadon.contract.Topic;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the apps' certificates new: on a hint, and by a look every so often. They are never written to disk here. */
public final class CertificateSource extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(CertificateSource.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final Platform platform;
    private final Certificates certificates;
    private final Duration look;
    private String tag = "";
    private boolean isFetching;
    private boolean isHinted;

    public CertificateSource(Platform platform, Certificates certificates, Duration look) {
        this.platform = platform;
        this.certificates = certificates;
        this.look = look;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(look.toMillis(), tick -> fetch());
        return platform.bus()
                .subscribe(Topic.CERTIFICATES_CHANGED, changed -> fetch())
                .onSuccess(subscribed -> fetch());
    }

    private void fetch() {
        isHinted = true;
        var api = platform.members().any("api");
        if (isFetching || api.isEmpty()) {
            return;
        }
        isFetching = true;
        isHinted = false;
        platform.internal()
                .call(HttpMethod.GET, api.get().url() + "/api/certificates", DEADLINE)
                .putHeader("If-None-Match", tag)
                .send()
                .onSuccess(response -> {
                    if (response.statusCode() == 200) {
                        certificates.replace(List.of(Json.read(response.bodyAsBuffer(), Certificates.Served[].class)));
                        String fresh = response.getHeader("ETag");
                        tag = fresh == null ? "" : fresh;
                    }
                })
                .onFailure(cause ->
                        log.atDebug().addKeyValue("reason", cause.getMessage()).log("certificates-not-fetched"))
                .onComplete(done -> {
                    isFetching = false;
                    if (isHinted) {
                        fetch();
                    }
                });
    }
}
