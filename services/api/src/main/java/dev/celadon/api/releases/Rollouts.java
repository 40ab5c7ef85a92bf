package dev.celadon.api.releases;

import dev.celadon.api.releases.ReleaseStore.Draft;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of releases on the nodes: one that did not come up has failed, and the one before it is current again; one
 * that crashed soon after it went live is taken back by a release of the one before. The latter is not done twice in a
 * row: a release taken back to that crashes as well stays.
 */
public final class Rollouts {
    private static final String AUTOMATIC = " (automatic)";

    private final Database database;
    private final ReleaseStore store;
    private final Announcements announcements;
    private final AppLog appLog;

    public Rollouts(Database database, ReleaseStore store, Announcements announcements, AppLog appLog) {
        this.database = database;
        this.store = store;
        this.announcements = announcements;
        this.appLog = appLog;
    }

    private record CrashedRelease(UUID appId, int version, int goodVersion) {}

    private record Good(@Nullable UUID slugId, UUID configId, UUID ownerId) {}

    /** Called on events and every few moments; rows say what is to be done. */
    public Future<Void> look() {
        return failed().compose(failed -> crashed()).compose(crashed -> {
            Future<Void> done = Future.succeededFuture();
            for (CrashedRelease release : crashed) {
                done = done.compose(before -> takeBack(release));
            }
            return done;
        });
    }

    private Future<Void> failed() {
        return database.list("""
                        update api.releases r set status = 'failed', updated_at = now(),
                               description = r.description || ' (failed: ' || coalesce(o.reason, 'it did not come up') || ')'
                        from manifold.v_rollouts o
                        where o.app_id = r.app_id and o.release_version = r.version and o.state = 'failed'
                          and r.status = 'succeeded'
                        returning r.app_id, r.version
                        """, Tuple.tuple(), row -> row).compose(rows -> {
            Future<Void> done = Future.succeededFuture();
            for (var row : rows) {
                done = done.compose(before ->
                                store.find(row.getUUID("app_id"), Integer.toString(row.getInteger("version"))))
                        .onSuccess(release -> release.ifPresent(announcements::changed))
                        .mapEmpty();
            }
            return done;
        });
    }

    private Future<List<CrashedRelease>> crashed() {
        return database.list(
                """
                select o.app_id, o.release_version, o.previous_version from manifold.v_rollouts o
                join api.v_releases v on v.app_id = o.app_id and v.version = o.release_version and v.is_current
                join api.releases r on r.id = v.id
                where o.state = 'crashed' and o.previous_version is not null and right(r.description, length($1)) <> $1
                  and not exists (select 1 from api.releases p where p.app_id = o.app_id and p.status = 'pending')
                """,
                Tuple.of(AUTOMATIC),
                row -> new CrashedRelease(
                        row.getUUID("app_id"), row.getInteger("release_version"), row.getInteger("previous_version")));
    }

    private Future<Void> takeBack(CrashedRelease crashed) {
        return store.next(
                        crashed.appId(),
                        (client, base) -> good(client, crashed)
                                .compose(good -> good.isEmpty()
                                        ? Future.succeededFuture(Optional.<Release>empty())
                                        : store.insert(client, draft(crashed, good.get()))
                                                .map(Optional::of)))
                .onSuccess(made -> made.ifPresent(release -> {
                    appLog.platform(release.appId(), "api", release.description());
                    announcements.released(release);
                }))
                .mapEmpty();
    }

    /** Inside the transaction, under the app's lock: empty once another release was made. */
    private static Future<Optional<Good>> good(SqlClient client, CrashedRelease crashed) {
        return Database.first(
                client,
                """
                select r.slug_id, r.config_id, a.owner_id from api.releases r join api.apps a on a.id = r.app_id
                where r.app_id = $1 and r.version = $2
                  and $3 = (select max(l.version) from api.releases l where l.app_id = $1)
                """,
                Tuple.of(crashed.appId(), crashed.goodVersion(), crashed.version()),
                row -> new Good(row.getUUID("slug_id"), row.getUUID("config_id"), row.getUUID("owner_id")));
    }

    private static Draft draft(CrashedRelease crashed, Good good) {
        String description = "Rollback to v" + crashed.goodVersion() + AUTOMATIC;
        return new Draft(crashed.appId(), good.ownerId(), description, good.slugId(), good.configId(), null);
    }
}
