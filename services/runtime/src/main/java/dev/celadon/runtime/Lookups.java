package dev.celadon.runtime;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Look-ups by key, of which those asked at the same time share a query: while one is under way, keys gather for the next.
 * Nothing is remembered. What is answered was read after it was asked for, so that what has just been withdrawn is not
 * found any more. Used on one event loop.
 */
public final class Lookups<K, V> {
    private final Function<List<K>, Future<Map<K, V>>> query;
    private Map<K, Promise<Optional<V>>> gathering = new LinkedHashMap<>();
    private boolean isAsking;

    public Lookups(Function<List<K>, Future<Map<K, V>>> query) {
        this.query = query;
    }

    public Future<Optional<V>> find(K key) {
        Future<Optional<V>> found =
                gathering.computeIfAbsent(key, first -> Promise.promise()).future();
        if (!isAsking) {
            ask();
        }
        return found;
    }

    private void ask() {
        Map<K, Promise<Optional<V>>> asked = gathering;
        gathering = new LinkedHashMap<>();
        isAsking = true;
        query.apply(List.copyOf(asked.keySet())).onComplete(rows -> {
            isAsking = false;
            if (!gathering.isEmpty()) {
                ask();
            }
            asked.forEach((key, answer) -> {
                if (rows.succeeded()) {
                    answer.complete(Optional.ofNullable(rows.result().get(key)));
                } else {
                    answer.fail(rows.cause());
                }
            });
        });
    }
}
