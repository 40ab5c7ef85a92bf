package dev.celadon.api.releases;

import dev.celadon.api.accounts.Secrets;
import dev.celadon.api.apps.ConfigStore;
import dev.celadon.api.releases.ReleaseStore.Base;
import dev.celadon.api.releases.ReleaseStore.Draft;
import dev.celadon.runtime.AppLog;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Gives every build that ended with a slug its release; the row, not the event, says that one is missing. */
public final class Deploys {
    private final Database database;
    private final ReleaseStore store;
    private final ConfigStore configs;
    private final Announcements announcements;
    private final AppLog appLog;

    public Deploys(
            Database database, ReleaseStore store, ConfigStore configs, Announcements announcements, AppLog appLog) {
        this.database = database;
        this.store = store;
        this.configs = configs;
        this.announcements = announcements;
        this.appLog = appLog;
    }

    private record Built(UUID buildId, UUID appId, UUID slugId, String commit, String email) {
        String description() {
            return "Deploy " + commit.substring(0, Math.min(7, commit.length()));
        }
    }

    /** Called on the event and every few moments; a build of an app in its release phase waits for the phase's end. */
    public Future<Void> releaseBuilds() {
        return endRequests().compose(ended -> waiting()).compose(builds -> {
            Future<Void> done = Future.succeededFuture();
            for (Built built : builds) {
                done = done.compose(before -> deploy(built));
            }
            return done;
        });
    }

    private Future<Void> deploy(Built built) {
        return store.next(built.appId(), (client, base) -> release(client, base, built))
                .onSuccess(made -> made.ifPresent(release -> {
                    appLog.platform(built.appId(), "api", built.description() + " by " + built.email());
                    announcements.released(release);
                }))
                .mapEmpty();
    }

    /** Empty when another process was first. */
    private Future<Optional<Release>> release(SqlClient client, Base base, Built built) {
        String isMade = "select 1 from api.releases where build_id = $1";
        // The column came later than the view; to_jsonb reads it where it is.
        String slug = """
                insert into api.slugs (id, app_id, sha256, bytes, process_types, buildpack, commit_sha, stack, app_json)
                select v.id, v.app_id, v.sha256, v.bytes, v.process_types, coalesce(v.buildpack, ''), v.commit_sha, v.stack,
                       nullif(to_jsonb(v) -> 'app_json', 'null'::jsonb)
                from compiler.v_slugs v where v.id = $1 on conflict (id) do nothing
                """;
        return Database.first(client, isMade, Tuple.of(built.buildId()), row -> true)
                .compose(made -> made.isPresent()
                        ? Future.succeededFuture(Optional.empty())
                        : Database.execute(client, slug, Tuple.of(built.slugId()))
                                .compose(kept -> config(client, base, built))
                                .compose(config -> account(client, built.email())
                                        .compose(account -> store.insert(
                                                client,
                                                new Draft(
                                                        built.appId(),
                                                        account,
                                                        built.description(),
                                                        built.slugId(),
                                                        config,
                                                        built.buildId()))))
                                .map(Optional::of));
    }

    /** The config vars stay, but on the first deploy app.json may add some. */
    private Future<UUID> config(SqlClient client, Base base, Built built) {
        if (base.slugId() != null) {
            return Future.succeededFuture(base.configId());
        }
        String sql = """
                select s.app_json::text as app_json, c.ciphertext from api.slugs s, api.configs c
                where s.id = $1 and c.id = $2 and s.app_json is not null
                """;
        return Database.first(client, sql, Tuple.of(built.slugId(), base.configId()), row -> {
                    Map<String, String> before = configs.open(row.getBuffer("ciphertext"));
                    return AppJson.of(Json.read(Buffer.buffer(row.getString("app_json")), Map.class))
                            .completing(before, Secrets::fresh);
                })
                .compose(vars -> vars.isEmpty()
                        ? Future.succeededFuture(base.configId())
                        : configs.insert(client, built.appId(), vars.get()));
    }

    private static Future<@Nullable UUID> account(SqlClient client, String email) {
        return Database.first(
                        client,
                        "select id from api.accounts where email = $1",
                        Tuple.of(email),
                        row -> row.getUUID("id"))
                .map(found -> found.orElse(null));
    }

    private Future<List<Built>> waiting() {
        return database.list(
                """
                select b.id, b.app_id, b.slug_id, b.commit_sha, b.account_email
                from compiler.v_builds b join api.apps a on a.id = b.app_id
                where b.status = 'succeeded' and b.slug_id is not null
                  and not exists (select 1 from api.releases r where r.build_id = b.id)
                  and not exists (select 1 from api.releases p where p.app_id = b.app_id and p.status = 'pending')
                order by b.created_at
                """,
                Tuple.tuple(),
                row -> new Built(
                        row.getUUID("id"),
                        row.getUUID("app_id"),
                        row.getUUID("slug_id"),
                        row.getString("commit_sha"),
                        row.getString("account_email")));
    }

    /** What the compiler has ended no longer waits for it. */
    private Future<Integer> endRequests() {
        return database.execute("""
                update api.build_requests q set status = case v.status when 'succeeded' then 'succeeded' else 'failed' end,
                       updated_at = now()
                from compiler.v_builds v
                where v.id = q.id and q.status = 'pending' and v.status in ('succeeded', 'failed', 'cancelled')
                """, Tuple.tuple());
    }
}
