package dev.celadon.manifold.scheduler.store;

import dev.celadon.contract.RouterReport;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What each router last said: the table it routes by, the withdrawn dynos it still waits for. */
public final class RouterStore {
    private final Database database;

    public RouterStore(Database database) {
        this.database = database;
    }

    public Future<Integer> apply(RouterReport report) {
        return database.execute(
                """
                insert into manifold.router_reports (router_id, revision, draining, seen_at) values ($1, $2, $3, now())
                on conflict (router_id) do update set revision = excluded.revision, draining = excluded.draining,
                  seen_at = excluded.seen_at
                """,
                Tuple.of(report.routerId(), report.revision())
                        .addArrayOfUUID(report.draining().toArray(UUID[]::new)));
    }

    public Future<Map<String, RouterReport>> all() {
        return database.list(
                        "select router_id, revision, draining from manifold.router_reports", Tuple.tuple(), row -> row)
                .map(rows -> {
                    Map<String, RouterReport> reports = new HashMap<>();
                    rows.forEach(row -> reports.put(
                            row.getString("router_id"),
                            new RouterReport(
                                    row.getString("router_id"),
                                    row.getLong("revision"),
                                    List.of(),
                                    Arrays.asList(row.getArrayOfUUIDs("draining")))));
                    return reports;
                });
    }

    public Future<Integer> forgetGone() {
        return database.execute(
                "delete from manifold.router_reports where seen_at < now() - interval '1 hour'", Tuple.tuple());
    }
}
