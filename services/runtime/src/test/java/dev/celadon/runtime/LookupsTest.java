package dev.celadon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Look-ups that come at the same time. */
class LookupsTest {
    private final List<List<String>> asked = new ArrayList<>();
    private final List<Promise<Map<String, Integer>>> answers = new ArrayList<>();
    private final Lookups<String, Integer> lookups = new Lookups<>(keys -> {
        asked.add(keys);
        answers.add(Promise.promise());
        return answers.get(answers.size() - 1).future();
    });

    @Test
    void whoAsksWhileAQueryIsUnderWayWaitsForTheNextAndSharesIt() {
        Future<Optional<Integer>> first = lookups.find("a");
        Future<Optional<Integer>> second = lookups.find("b");
        Future<Optional<Integer>> third = lookups.find("b");
        assertThat(asked).containsExactly(List.of("a"));
        answers.get(0).complete(Map.of("a", 1));
        assertThat(first.result()).contains(1);
        assertThat(asked).containsExactly(List.of("a"), List.of("b"));
        answers.get(1).complete(Map.of());
        assertThat(second.result()).isEmpty();
        assertThat(third.result()).isEmpty();
    }

    @Test
    void whatWasAskedBeforeIsAskedAgain() {
        lookups.find("a");
        Future<Optional<Integer>> afterwards = lookups.find("a");
        answers.get(0).complete(Map.of("a", 1));
        answers.get(1).complete(Map.of());
        assertThat(afterwards.result()).isEmpty();
        assertThat(asked).hasSize(2);
    }

    @Test
    void aQueryThatFailsFailsThoseWhoAskedItOnly() {
        Future<Optional<Integer>> first = lookups.find("a");
        Future<Optional<Integer>> second = lookups.find("b");
        answers.get(0).fail("no store");
        assertThat(first.failed()).isTrue();
        answers.get(1).complete(Map.of("b", 2));
        assertThat(second.result()).contains(2);
    }
}
