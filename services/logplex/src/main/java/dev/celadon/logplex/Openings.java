package dev.celadon.logplex;

import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which tokens open which apps' logs now. Where the store cannot be asked nothing was revoked, and logs are read on. */
final class Openings {
    private static final Logger log = LoggerFactory.getLogger(Openings.class);

    private final Database database;

    Openings(Database database) {
        this.database = database;
    }

    /** Those among them whose token opens the app no more. */
    Future<Set<SessionRequest>> closed(Collection<SessionRequest> asked) {
        Set<SessionRequest> closed = new HashSet<>(asked);
        closed.removeIf(request -> request.token() == null);
        if (closed.isEmpty()) {
            return Future.succeededFuture(closed);
        }
        record Opening(UUID token, UUID app) {}
        UUID[] tokens = closed.stream().map(SessionRequest::token).distinct().toArray(UUID[]::new);
        return database.list(
                        "select token_id, app_id from api.v_openings where token_id = any($1)",
                        Tuple.tuple().addArrayOfUUID(tokens),
                        row -> new Opening(row.getUUID("token_id"), row.getUUID("app_id")))
                .map(rows -> {
                    Set<Opening> open = new HashSet<>(rows);
                    closed.removeIf(request ->
                            request.token() != null && open.contains(new Opening(request.token(), request.app())));
                    return closed;
                })
                .recover(cause -> {
                    log.atDebug().addKeyValue("reason", cause.getMessage()).log("openings-unknown");
                    return Future.succeededFuture(Set.of());
                });
    }
}
