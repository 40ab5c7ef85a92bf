package dev.celadon.runtime;

import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Work on the same thing, one after the other, so that waiting costs no connection to the store. Used on one event loop. */
public final class Turns<K> {
    private final Map<K, Future<?>> last = new HashMap<>();

    public <T> Future<T> take(K key, Supplier<Future<T>> work) {
        Future<?> before = last.getOrDefault(key, Future.succeededFuture());
        Future<T> mine = before.transform(ended -> work.get());
        last.put(key, mine);
        return mine.onComplete(ended -> last.remove(key, mine));
    }
}
