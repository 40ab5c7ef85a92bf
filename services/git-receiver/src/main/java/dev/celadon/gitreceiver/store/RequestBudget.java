package dev.celadon.gitreceiver.store;

import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/** {@code git.request_times}: how many git requests each app had within the last hour, at whatever node. */
public final class RequestBudget {
    private final Database database;
    private final int perHour;

    public RequestBudget(Database database, int perHour) {
        this.database = database;
        this.perHour = perHour;
    }

    public int perHour() {
        return perHour;
    }

    /** Counts one request; false, and it is not counted, when the app had its number. */
    public Future<Boolean> take(UUID appId) {
        String sql = """
                insert into git.request_times as r (app_id, times) values ($1, array[now()])
                on conflict (app_id) do update
                set times = array(select t from unnest(r.times) t where t > now() - interval '1 hour') || now()
                where (select count(*) from unnest(r.times) t where t > now() - interval '1 hour') < $2
                """;
        return database.execute(sql, Tuple.of(appId, perHour)).map(changed -> changed == 1);
    }

    public Future<Boolean> isLeft(UUID appId) {
        String sql = """
                select count(*) as requests from git.request_times r, unnest(r.times) t
                where r.app_id = $1 and t > now() - interval '1 hour'
                """;
        return database.list(sql, Tuple.of(appId), row -> row.getInteger("requests") < perHour)
                .map(rows -> rows.get(0));
    }

    /** Forgets the apps that had no request lately, deleted ones among them. */
    public Future<Integer> forgetQuiet() {
        String sql = """
                delete from git.request_times
                where not exists (select 1 from unnest(times) t where t > now() - interval '1 hour')
                """;
        return database.execute(sql, Tuple.tuple());
    }
}
