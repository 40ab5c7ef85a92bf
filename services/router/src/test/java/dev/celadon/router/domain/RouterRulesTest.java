package dev.celadon.router.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.Route;
import dev.celadon.contract.Route.Backend;
import dev.celadon.contract.RouterError;
import dev.celadon.contract.RoutingTable;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RouterRulesTest {
    private static final Choice.Load NOBODY = new Choice.Load() {
        @Override
        public void begun(UUID dyno) {}

        @Override
        public void ended(UUID dyno) {}
    };

    private static final UUID APP = UUID.randomUUID();
    private final Backend one = new Backend(UUID.randomUUID(), "web.1", "10.0.0.2", 5000);
    private final Backend two = new Backend(UUID.randomUUID(), "web.2", "10.0.0.3", 5000);

    @Test
    void hostsAreFoundWhateverTheirCaseAndPort() {
        Table table = Table.EMPTY.apply(new RoutingTable(0, 3, List.of(route(3, Route.State.SERVING))));
        assertThat(table.find("APP.localhost:8080")).isPresent();
        assertThat(table.find("app.localhost")).isPresent();
        assertThat(table.find("other.localhost")).isEmpty();
    }

    @Test
    void anOlderTableIsRefusedAndADeletedAppForgotten() {
        Table table = Table.EMPTY.apply(new RoutingTable(0, 3, List.of(route(3, Route.State.SERVING))));
        assertThat(table.apply(new RoutingTable(0, 2, List.of(route(2, Route.State.GONE)))))
                .isSameAs(table);
        assertThat(table.apply(new RoutingTable(3, 4, List.of(route(4, Route.State.GONE))))
                        .find("app.localhost"))
                .isEmpty();
    }

    @Test
    void ofTwoTheLessLoadedIsChosen() {
        Choice choice = new Choice(new Random(1), 1_000, NOBODY);
        int busy = 0;
        for (int i = 0; i < 30; i++) {
            choice.checkOut(List.of(one), Set.of(), 0);
        }
        for (int i = 0; i < 1_000; i++) {
            Backend chosen = choice.checkOut(List.of(one, two), Set.of(), 0).orElseThrow();
            busy += chosen.equals(one) ? 1 : 0;
            choice.checkIn(chosen);
        }
        assertThat(busy).isBetween(150, 350);
    }

    @Test
    void aQuarantinedDynoIsAskedAgainWhenItsTimeIsOver() {
        Choice choice = new Choice(new Random(1), 1_000, NOBODY);
        choice.quarantine(one, 0);
        assertThat(choice.checkOut(List.of(one), Set.of(), 999)).isEmpty();
        assertThat(choice.checkOut(List.of(one), Set.of(), 1_000)).contains(one);
        assertThat(choice.checkOut(List.of(one), Set.of(one.dynoId()), 1_000)).isEmpty();
    }

    @Test
    void hopByHopHeadersEndHere() {
        assertThat(HeaderRules.passes("Connection", List.of())).isFalse();
        assertThat(HeaderRules.passes("X-Private", List.of("x-private"))).isFalse();
        assertThat(HeaderRules.passes("Content-Encoding", List.of())).isTrue();
        assertThat(HeaderRules.requestId("short")).isEmpty();
        assertThat(HeaderRules.requestId("a".repeat(20))).isPresent();
        assertThat(HeaderRules.requestId("a".repeat(19) + "\n")).isEmpty();
    }

    @Test
    void theLogLineIsHerokus() {
        AccessLine line = new AccessLine(
                null, "GET", "/a\"b", "app.localhost", "id", "1.2.3.4", "web.1", 1, 18, 200, 13, "https");
        assertThat(line.text())
                .isEqualTo("at=info method=GET path=\"/a\\\"b\" host=app.localhost request_id=id fwd=\"1.2.3.4\" "
                        + "dyno=web.1 connect=1ms service=18ms status=200 bytes=13 protocol=https");
        AccessLine refused = new AccessLine(
                RouterError.H14, "GET", "/", "app.localhost", "id", "1.2.3.4", "", -1, -1, 503, 0, "http");
        assertThat(refused.text())
                .startsWith("at=error code=H14 desc=\"No web processes running\" method=GET")
                .contains("dyno= connect= service= status=503 bytes=0");
    }

    private Route route(long revision, Route.State state) {
        return new Route(APP, "app", revision, state, List.of("app.localhost"), List.of(one));
    }
}
