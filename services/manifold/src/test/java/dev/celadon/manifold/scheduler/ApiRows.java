package dev.celadon.manifold.scheduler;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.celadon.runtime.Database;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/** The views of the api as the scheduler reads them, over tables that a test writes. */
final class ApiRows {
    private final Database database;

    ApiRows(Database database) throws TimeoutException {
        this.database = database;
        for (String sql : new String[] {
            "create schema api",
            "create table api.apps (id uuid primary key, name text, maintenance boolean not null default false)",
            """
            create table api.releases (id uuid primary key default gen_random_uuid(), app_id uuid, version int,
              status text not null default 'succeeded', unique (app_id, version))
            """,
            "create table api.formation (app_id uuid, type text, quantity int, memory_mb int, primary key (app_id, type))",
            "create view api.v_apps as select id, name, maintenance from api.apps",
            "create view api.v_hosts as select id as app_id, name || '.localhost' as host from api.apps",
            "create table api.v_routing (app_id uuid, error_page_url text, maintenance_page_url text, connect_ms int,"
                    + " first_byte_ms int, idle_ms int)",
            "create table api.v_features (app_id uuid, name text)",
            """
            create view api.v_releases as select id, app_id, version, status, version = (select max(version) from api.releases l
              where l.app_id = r.app_id and l.status = 'succeeded') as is_current from api.releases r
            """,
            """
            create view api.v_release_formation as select a.id as app_id, a.name as app_name, r.id as release_id, r.version,
              'sha' as slug_sha256, 'c' as commit_sha, 'cedar' as stack, f.type, 'run ' || f.type as command, f.quantity,
              f.memory_mb, 60 as boot_seconds
            from api.apps a join api.releases r on r.app_id = a.id join api.formation f on f.app_id = a.id
            """,
            """
            create view api.v_formation as select f.* from api.v_release_formation f
            join api.v_releases r on r.id = f.release_id where r.is_current
            """
        }) {
            execute(sql, Tuple.tuple());
        }
    }

    UUID app(String name) throws TimeoutException {
        UUID id = UUID.randomUUID();
        execute("insert into api.apps (id, name) values ($1, $2)", Tuple.of(id, name));
        return id;
    }

    void release(UUID app, int version) throws TimeoutException {
        execute("insert into api.releases (app_id, version) values ($1, $2)", Tuple.of(app, version));
    }

    void markFailed(UUID app, int version) throws TimeoutException {
        execute("update api.releases set status = 'failed' where app_id = $1 and version = $2", Tuple.of(app, version));
    }

    void scale(UUID app, String type, int quantity) throws TimeoutException {
        scale(app, type, quantity, 512);
    }

    void scale(UUID app, String type, int quantity, int memoryMb) throws TimeoutException {
        execute("""
                insert into api.formation values ($1, $2, $3, $4)
                on conflict (app_id, type) do update set quantity = excluded.quantity, memory_mb = excluded.memory_mb
                """, Tuple.of(app, type, quantity, memoryMb));
    }

    private void execute(String sql, Tuple arguments) throws TimeoutException {
        database.execute(sql, arguments).await(10, SECONDS);
    }
}
