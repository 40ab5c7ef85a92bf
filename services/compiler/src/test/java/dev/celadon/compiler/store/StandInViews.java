package dev.celadon.compiler.store;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.celadon.runtime.Platform;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The views of git-receiver and api, over tables that a test fills. */
public final class StandInViews {
    private final Platform platform;

    private StandInViews(Platform platform) {
        this.platform = platform;
    }

    public static StandInViews create(Platform platform) throws TimeoutException {
        StandInViews views = new StandInViews(platform);
        views.sql("create schema git");
        views.sql("create schema api");
        views.sql("""
                create table git.v_pushes (id uuid primary key, app_id uuid, account_email text, commit_sha text,
                  source_url text, created_at timestamptz default clock_timestamp())
                """);
        views.sql("create table api.v_apps (id uuid primary key, name text, stack text)");
        views.sql("create table api.v_config_vars (app_id uuid primary key, ciphertext bytea)");
        views.sql("create table api.v_buildpacks (app_id uuid, ordinal int, url text)");
        views.sql("""
                create table api.v_build_requests (id uuid primary key, app_id uuid, account_email text, commit_sha text,
                  source_url text, created_at timestamptz default clock_timestamp(), checksum text)
                """);
        return views;
    }

    public UUID app(String stack) throws TimeoutException {
        UUID id = UUID.randomUUID();
        run("insert into api.v_apps values ($1, $2, $3)", Tuple.of(id, "app-" + id.hashCode(), stack));
        return id;
    }

    public void configVars(UUID appId, String json) throws TimeoutException {
        byte[] ciphertext = platform.keys().encrypt("config-vars", json.getBytes(StandardCharsets.UTF_8));
        run("insert into api.v_config_vars values ($1, $2)", Tuple.of(appId, Buffer.buffer(ciphertext)));
    }

    public void deleteApp(UUID appId) throws TimeoutException {
        run("delete from api.v_apps where id = $1", Tuple.of(appId));
    }

    public UUID push(UUID appId, String sourceUrl) throws TimeoutException {
        UUID id = UUID.randomUUID();
        run(
                "insert into git.v_pushes (id, app_id, account_email, commit_sha, source_url) values ($1, $2, $3, $4, $5)",
                Tuple.of(id, appId, "dev@example.com", "0123456789abcdef0123456789abcdef01234567", sourceUrl));
        return id;
    }

    public UUID request(UUID appId, String sourceUrl, @Nullable String checksum) throws TimeoutException {
        UUID id = UUID.randomUUID();
        run(
                "insert into api.v_build_requests (id, app_id, account_email, commit_sha, source_url, checksum) values ($1, $2, $3, $4, $5, $6)",
                Tuple.of(id, appId, "dev@example.com", "v1", sourceUrl).addString(checksum));
        return id;
    }

    public void buildpacks(UUID appId, String... urls) throws TimeoutException {
        for (int i = 0; i < urls.length; i++) {
            run("insert into api.v_buildpacks values ($1, $2, $3)", Tuple.of(appId, i, urls[i]));
        }
    }

    public void sql(String statement) throws TimeoutException {
        run(statement, Tuple.tuple());
    }

    private void run(String statement, Tuple arguments) throws TimeoutException {
        platform.database().execute(statement, arguments).await(10, SECONDS);
    }
}
