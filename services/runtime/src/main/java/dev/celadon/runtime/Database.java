package dev.celadon.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.flywaydb.core.Flyway;

/** The store: PostgreSQL, asked without blocking. Each service writes its own schema only and reads others' views. */
public final class Database {
    private static final String UNIQUE_VIOLATION = "23505";

    private final PgConnectOptions options;
    private final Pool pool;

    /** @param url {@code postgres://user:password@host:port/database} */
    public Database(Vertx vertx, String url, int connections) {
        this.options = PgConnectOptions.fromUri(url).setCachePreparedStatements(true);
        this.pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(connections).setMaxWaitQueueSize(1_000))
                .connectingTo(options)
                .using(vertx)
                .build();
    }

    /**
     * Brings one service's schema to the newest migration of {@code db/migration/<schema>}. Blocks: it is called at
     * start, before any event loop has work, by the thread that starts the platform.
     */
    public void migrate(String schema) {
        String jdbc =
                "jdbc:postgresql://%s:%d/%s".formatted(options.getHost(), options.getPort(), options.getDatabase());
        Flyway.configure()
                .dataSource(jdbc, options.getUser(), options.getPassword())
                .schemas(schema)
                .defaultSchema(schema)
                .locations("classpath:db/migration/" + schema)
                .load()
                .migrate();
    }

    public <T> Future<List<T>> list(String sql, Tuple arguments, Function<Row, T> read) {
        return list(pool, sql, arguments, read);
    }

    public <T> Future<Optional<T>> first(String sql, Tuple arguments, Function<Row, T> read) {
        return list(pool, sql, arguments, read).map(rows -> rows.stream().findFirst());
    }

    public <K, V> Future<Map<K, V>> map(String sql, Tuple arguments, Function<Row, K> key, Function<Row, V> value) {
        return list(sql, arguments, row -> Map.entry(key.apply(row), value.apply(row)))
                .map(entries -> entries.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** The number of rows changed. */
    public Future<Integer> execute(String sql, Tuple arguments) {
        return execute(pool, sql, arguments);
    }

    /** Where each statement stands by itself. */
    public SqlClient statements() {
        return pool;
    }

    /** All of {@code work} or nothing of it. */
    public <T> Future<T> transaction(Function<SqlConnection, Future<T>> work) {
        return pool.withTransaction(work);
    }

    public Future<Void> close() {
        return pool.close();
    }

    /** Inside a transaction. */
    public static <T> Future<List<T>> list(SqlClient client, String sql, Tuple arguments, Function<Row, T> read) {
        return client.preparedQuery(sql)
                .execute(arguments)
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(read)
                        .toList());
    }

    /** Inside a transaction. */
    public static <T> Future<Optional<T>> first(SqlClient client, String sql, Tuple arguments, Function<Row, T> read) {
        return list(client, sql, arguments, read).map(rows -> rows.stream().findFirst());
    }

    /** Inside a transaction: the number of rows changed. */
    public static Future<Integer> execute(SqlClient client, String sql, Tuple arguments) {
        return client.preparedQuery(sql).execute(arguments).map(rows -> rows.rowCount());
    }

    /** Whether the failure is a key that exists already. */
    public static boolean isUniqueViolation(Throwable cause) {
        return cause instanceof PgException postgres && UNIQUE_VIOLATION.equals(postgres.getSqlState());
    }
}
