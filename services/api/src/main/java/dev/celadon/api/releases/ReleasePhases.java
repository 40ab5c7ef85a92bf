package dev.celadon.api.releases;

import dev.celadon.api.processes.OneOffStore;
import dev.celadon.contract.OneOffChanged;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The ends of one-off dynos, and what follows for releases: a release whose phase ended with 0 becomes current, any
 * other end makes it fail and the one before keeps running; past its limit it expires.
 */
public final class ReleasePhases {
    private final Database database;
    private final OneOffStore oneOffs;
    private final ReleaseStore store;
    private final Announcements announcements;
    private final Outputs outputs;
    private final Bus bus;
    private final Duration limit;

    public ReleasePhases(
            Database database,
            OneOffStore oneOffs,
            ReleaseStore store,
            Announcements announcements,
            Outputs outputs,
            Bus bus,
            Duration limit) {
        this.database = database;
        this.oneOffs = oneOffs;
        this.store = store;
        this.announcements = announcements;
        this.outputs = outputs;
        this.bus = bus;
        this.limit = limit;
    }

    private record Ended(UUID releaseId, String status) {}

    /** Called on events and every few moments; rows say what is to be done, so it may stop anywhere. */
    public Future<Void> look() {
        return oneOffs.stopOverdue()
                .onSuccess(stopped ->
                        stopped.forEach(ids -> bus.publish(Topic.ONE_OFF_CHANGED, new OneOffChanged(ids[0], ids[1]))))
                .compose(done -> oneOffs.recordEnds())
                .compose(ends -> ended())
                .compose(ended -> {
                    List<Future<?>> settled = new ArrayList<>();
                    ended.forEach(release -> settled.add(settle(release)));
                    return Future.join(settled).mapEmpty();
                });
    }

    private Future<Void> settle(Ended ended) {
        return store.settle(ended.releaseId(), ended.status())
                .onSuccess(settled -> settled.ifPresent(release -> {
                    announcements.settled(release);
                    outputs.keepSoon(release);
                }))
                .mapEmpty();
    }

    private Future<List<Ended>> ended() {
        String stop = """
                update api.one_offs o set stop_requested_at = now() from api.releases r
                where o.id = r.phase_id and r.status = 'pending' and o.ended_at is null and o.stop_requested_at is null
                  and r.created_at < now() - $1 * interval '1 second'
                """;
        String ended = """
                select r.id, case when o.exit_status = 0 then 'succeeded'
                                  when o.ended_at is not null then 'failed' else 'expired' end as status
                from api.releases r join api.one_offs o on o.id = r.phase_id
                where r.status = 'pending'
                  and (o.ended_at is not null or r.created_at < now() - $1 * interval '1 second')
                """;
        return database.execute(stop, Tuple.of(limit.toSeconds()))
                .compose(stopped -> database.list(
                        ended,
                        Tuple.of(limit.toSeconds()),
                        row -> new Ended(row.getUUID("id"), row.getString("status"))));
    }
}
