package dev.celadon.api;

import dev.celadon.api.accounts.Admission;
import dev.celadon.api.audit.Changes;
import dev.celadon.api.domain.Scope;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.Caller;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Request;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens around every request: who may come in before it; audit trail and webhooks after a change. */
final class Surroundings implements Endpoints.Around {
    private static final Logger log = LoggerFactory.getLogger(Surroundings.class);

    private final Admission admission;
    private final Changes changes;

    Surroundings(Admission admission, Changes changes) {
        this.admission = admission;
        this.changes = changes;
    }

    @Override
    public Future<Caller> admit(RoutingContext context, Scope needed) {
        return admission.admit(context, needed);
    }

    /** The change is made: what cannot be written down is logged, and does not make the change a failure. */
    @Override
    public Future<Void> changed(Request request, Answer answer) {
        return changes.tell(request, answer.changes()).recover(cause -> {
            log.atError()
                    .addKeyValue("request", request.requestId())
                    .addKeyValue("route", request.route())
                    .addKeyValue("by", request.caller().email())
                    .setCause(cause)
                    .log("change-unrecorded");
            return Future.succeededFuture();
        });
    }
}
