package dev.celadon.api;

import dev.celadon.api.accounts.Admission;
import dev.celadon.api.audit.Audit;
import dev.celadon.api.domain.Scope;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.Caller;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Request;
import dev.celadon.api.webhooks.Events;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens around every request: who may come in before it; audit trail and webhooks after a change. */
final class Surroundings implements Endpoints.Around {
    private static final Logger log = LoggerFactory.getLogger(Surroundings.class);

    private final Admission admission;
    private final Audit audit;
    private final Events events;

    Surroundings(Admission admission, Audit audit, Events events) {
        this.admission = admission;
        this.audit = audit;
        this.events = events;
    }

    @Override
    public Future<Caller> admit(RoutingContext context, Scope needed) {
        return admission.admit(context, needed);
    }

    /** The change is made: what cannot be written down is logged, and does not make the change a failure. */
    @Override
    public Future<Void> changed(Request request, String route, Answer answer) {
        return audit.record(request, route)
                .compose(recorded -> emit(request, answer.changes()))
                .recover(cause -> {
                    log.atError()
                            .addKeyValue("request", request.requestId())
                            .addKeyValue("route", route)
                            .addKeyValue("by", request.caller().email())
                            .setCause(cause)
                            .log("change-unrecorded");
                    return Future.succeededFuture();
                });
    }

    /** One after the other: in the order in which they are told. */
    private Future<Void> emit(Request request, List<Answer.Change> changes) {
        Caller caller = request.caller();
        Future<Void> told = Future.succeededFuture();
        if (request.app().isPresent()) {
            UUID app = request.app().get();
            for (Answer.Change change : changes) {
                told = told.compose(before -> events.emit(
                        app, change.entity(), change.action(), change.data(), caller.accountId(), caller.email()));
            }
        }
        return told;
    }
}
