package dev.celadon.compiler.store;

import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the compiler keeps of apps that are gone. */
public final class DeletedApps {
    private final Database database;

    public DeletedApps(Database database) {
        this.database = database;
    }

    /** Deletes their builds and slugs, and says which blobs nobody needs any more. */
    public Future<List<String>> forget() {
        String slugs = """
                delete from compiler.slugs s where not exists (select 1 from api.v_apps a where a.id = s.app_id)
                returning sha256 as blob
                """;
        String builds = """
                delete from compiler.builds b where not exists (select 1 from api.v_apps a where a.id = b.app_id)
                returning output_sha256 as blob
                """;
        Set<String> blobs = new TreeSet<>();
        return database.transaction(connection -> Database.list(
                                connection, slugs, Tuple.tuple(), row -> row.getString("blob"))
                        .onSuccess(blobs::addAll)
                        .compose(done -> Database.list(
                                connection, builds, Tuple.tuple(), row -> String.valueOf(row.getString("blob"))))
                        .onSuccess(blobs::addAll))
                .compose(done -> blobs.isEmpty() ? Future.succeededFuture(List.of()) : unshared(blobs));
    }

    /** Those of {@code blobs} that no slug and no build names. */
    public Future<List<String>> unshared(Set<String> blobs) {
        String sql = """
                select blob from unnest($1::text[]) as blob
                where blob <> 'null'
                  and not exists (select 1 from compiler.slugs where sha256 = blob)
                  and not exists (select 1 from compiler.builds where output_sha256 = blob)
                """;
        return database.list(sql, Tuple.of(blobs.toArray(String[]::new)), row -> row.getString("blob"));
    }
}
