package dev.celadon.api.releases;

import dev.celadon.api.processes.OneOffStore;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Fits an app's formation to the process types of the release that has just become current. */
final class Formations {
    private static final String CURRENT = """
            select t.key as type from api.releases r join api.slugs s on s.id = r.slug_id
            cross join lateral jsonb_each_text(s.process_types) t
            where t.key <> 'release' and r.app_id = $1 and r.version = (
              select max(l.version) from api.releases l where l.app_id = $1 and l.status = 'succeeded')
            """;

    /** Of the release that may have to serve on, should the current one not come up. */
    private static final String BEFORE = """
            select t.key from api.slugs s cross join lateral jsonb_each_text(s.process_types) t
            where s.id = (select r.slug_id from api.releases r where r.app_id = $1 and r.status = 'succeeded'
                          order by r.version desc offset 1 limit 1)
            """;

    private Formations() {}

    private record First(UUID releaseId, @Nullable String appJson, boolean isFirst) {}

    /**
     * New types begin with no dyno, but an app's first web with one; types that vanished go with
     * the release after. The first time there is
     * code, the source's app.json says how many of each, and what runs once after the deploy.
     */
    static Future<Void> fit(SqlClient client, OneOffStore oneOffs, UUID app) {
        return first(client, app)
                .compose(first -> Database.execute(
                                client,
                                "delete from api.formation where app_id = $1 and type not in (" + CURRENT
                                        + ") and type not in (" + BEFORE + ")",
                                Tuple.of(app))
                        .compose(gone -> Database.execute(
                                client,
                                "insert into api.formation (app_id, type, quantity) select $1, type, "
                                        + "case when type = 'web' then 1 else 0 end from (" + CURRENT
                                        + ") now on conflict (app_id, type) do nothing",
                                Tuple.of(app)))
                        .compose(fitted -> first.isPresent()
                                        && first.get().isFirst()
                                        && first.get().appJson() != null
                                ? apply(
                                        client,
                                        oneOffs,
                                        app,
                                        first.get().releaseId(),
                                        first.get().appJson())
                                : Future.succeededFuture()));
    }

    private static Future<Optional<First>> first(SqlClient client, UUID app) {
        return Database.first(
                client,
                """
                select r.id, s.app_json::text as app_json,
                       not exists (select 1 from api.formation f where f.app_id = $1)
                       and not exists (select 1 from api.releases e where e.app_id = $1 and e.slug_id is not null
                                       and e.status = 'succeeded' and e.id <> r.id) as is_first
                from api.releases r join api.slugs s on s.id = r.slug_id
                where r.app_id = $1 and r.status = 'succeeded' order by r.version desc limit 1
                """,
                Tuple.of(app),
                row -> new First(row.getUUID("id"), row.getString("app_json"), row.getBoolean("is_first")));
    }

    private static Future<Void> apply(
            SqlClient client, OneOffStore oneOffs, UUID app, UUID release, @Nullable String text) {
        AppJson appJson = AppJson.of(Json.read(Buffer.buffer(text == null ? "{}" : text), Map.class));
        Future<Integer> done = Future.succeededFuture(0);
        for (AppJson.Type type : appJson.formation()) {
            done = done.compose(before -> Database.execute(
                    client,
                    "update api.formation set quantity = $3, size = $4 where app_id = $1 and type = $2",
                    Tuple.of(app, type.name(), type.quantity(), type.size())));
        }
        return done.compose(all -> appJson.postdeploy()
                .<Future<?>>map(command -> oneOffs.create(
                        client, OneOffStore.Wish.ofPlatform(app, "postdeploy", release, command, "standard-1X")))
                .orElseGet(Future::succeededFuture)
                .mapEmpty());
    }
}
