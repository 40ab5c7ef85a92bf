package dev.celadon.router.domain;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.Route;
import dev.celadon.contract.Route.Backend;
import dev.celadon.contract.RouterError;
import dev.celadon.contract.RoutingTable;
import dev.celadon.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RouterRulesTest {
    private static final UUID APP = UUID.randomUUID();
    private final Dyno one = new Dyno(new Backend(UUID.randomUUID(), "web.1", "10.0.0.2", 5000));
    private final Dyno two = new Dyno(new Backend(UUID.randomUUID(), "web.2", "10.0.0.3", 5000));

    @Test
    void hostsAreFoundWhateverTheirPort() {
        Table table = new Table();
        table.apply(
                new RoutingTable(0, 3, List.of(route(APP, 3, Route.State.SERVING, "app.localhost", "*.a.example"))));
        assertThat(table.find("app.localhost:8080")).isNotNull();
        assertThat(table.find("app.localhost.")).isNotNull();
        assertThat(table.find("b.a.example")).isNotNull();
        assertThat(table.find("a.example")).isNull();
        assertThat(table.find("other.localhost")).isNull();
    }

    @Test
    void aTableThatIsOlderAsksForTheWholeAndIsThenTaken() {
        Table table = new Table();
        UUID gone = UUID.randomUUID();
        table.apply(new RoutingTable(
                0,
                5,
                List.of(
                        route(APP, 3, Route.State.SERVING, "app.localhost"),
                        route(gone, 5, Route.State.SERVING, "gone.localhost"))));
        assertThat(table.apply(new RoutingTable(5, 2, List.of()))).isFalse();
        assertThat(table.find("gone.localhost")).isNotNull();
        assertThat(table.apply(new RoutingTable(0, 2, List.of(route(APP, 2, Route.State.SERVING, "app.localhost")))))
                .isTrue();
        assertThat(table.find("gone.localhost")).isNull();
        assertThat(table.revision()).isEqualTo(2);
    }

    @Test
    void anAppThatIsGoneIsForgottenAndAHostMayMove() {
        Table table = new Table();
        UUID other = UUID.randomUUID();
        table.apply(new RoutingTable(0, 1, List.of(route(APP, 1, Route.State.SERVING, "a", "b"))));
        table.apply(new RoutingTable(
                1, 2, List.of(route(other, 2, Route.State.SERVING, "b"), route(APP, 2, Route.State.SERVING, "a"))));
        assertThat(requireNonNull(table.find("b")).route().appId()).isEqualTo(other);
        table.apply(new RoutingTable(2, 3, List.of(route(APP, 3, Route.State.GONE))));
        assertThat(table.find("a")).isNull();
        assertThat(table.find("b")).isNotNull();
    }

    @Test
    void aDynoThatStaysKeepsItsLoadAndOneThatGoesIsWithdrawn() {
        Table table = new Table();
        Route before =
                new Route(APP, "app", 1, Route.State.SERVING, List.of("a"), List.of(one.backend(), two.backend()));
        table.apply(new RoutingTable(0, 1, List.of(before)));
        List<Dyno> dynos = requireNonNull(table.find(APP)).dynos();
        dynos.get(0).checkOut();
        table.apply(new RoutingTable(
                1, 2, List.of(new Route(APP, "app", 2, Route.State.SERVING, List.of("a"), List.of(one.backend())))));
        assertThat(requireNonNull(table.find(APP)).dynos()).containsExactly(dynos.get(0));
        assertThat(dynos.get(0).inFlight()).isEqualTo(1);
        assertThat(dynos.get(1).isWithdrawn()).isTrue();
    }

    @Test
    void ofTwoTheLessLoadedIsChosen() {
        Choice choice = new Choice(new Random(1), 1_000);
        for (int i = 0; i < 30; i++) {
            one.checkOut();
        }
        int busy = 0;
        for (int i = 0; i < 1_000; i++) {
            Dyno chosen = requireNonNull(choice.checkOut(List.of(one, two), List.of(), 0));
            busy += chosen.equals(one) ? 1 : 0;
            chosen.checkIn();
        }
        assertThat(busy).isBetween(150, 350);
    }

    @Test
    void aQuarantinedDynoIsAskedAgainWhenItsTimeIsOverAndAFullOneWhenItHasRoom() {
        Choice choice = new Choice(new Random(1), 2);
        one.quarantine(1_000);
        assertThat(choice.checkOut(List.of(one), List.of(), 999)).isNull();
        assertThat(choice.checkOut(List.of(one), List.of(), 1_000)).isSameAs(one);
        assertThat(choice.checkOut(List.of(one), List.of(one), 1_000)).isNull();
        assertThat(choice.checkOut(List.of(one), List.of(), 1_000)).isSameAs(one);
        assertThat(choice.checkOut(List.of(one), List.of(), 1_000)).isNull();
        one.checkIn();
        assertThat(choice.checkOut(List.of(one), List.of(), 1_000)).isSameAs(one);
    }

    /** Against the obvious: a list of deadlines that is looked through at each tick. */
    @Test
    void deadlinesExpireOnceAndNeverEarly() {
        Random random = new Random(7);
        Deadlines wheel = new Deadlines(10, 0);
        List<Timer> timers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            timers.add(new Timer());
        }
        for (long now = 0; now < 40_000; now += 1 + random.nextInt(20)) {
            for (int i = 0; i < 5; i++) {
                Timer timer = timers.get(random.nextInt(timers.size()));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        wheel.remove(timer);
                        timer.due = Long.MAX_VALUE;
                    }
                    case 1 -> {
                        wheel.clear(timer);
                        timer.due = Long.MAX_VALUE;
                    }
                    default -> {
                        timer.due = now + random.nextInt(random.nextBoolean() ? 100 : 10_000);
                        wheel.set(timer, timer.due);
                    }
                }
            }
            wheel.advance(now);
            for (Timer timer : timers) {
                assertThat(timer.due).as("late at " + now).isGreaterThan(now - 20);
            }
        }
    }

    private static final class Timer extends Deadlines.Entry {
        private long due = Long.MAX_VALUE;

        @Override
        protected void expired(long nowNanos) {
            assertThat(nowNanos).isGreaterThanOrEqualTo(due);
            due = Long.MAX_VALUE;
        }
    }

    @Test
    void anAppIsSeenOnceForItsRequestsAndForAsLongAsOneIsInFlight() {
        Table table = new Table();
        table.apply(new RoutingTable(0, 1, List.of(route(APP, 1, Route.State.SERVING, "a"))));
        assertThat(table.takeSeen()).isEmpty();
        Traffic traffic = requireNonNull(table.find(APP)).traffic();
        traffic.enter();
        traffic.enter();
        traffic.leave();
        assertThat(table.takeSeen()).containsExactly(APP);
        assertThat(table.takeSeen()).containsExactly(APP);
        traffic.leave();
        assertThat(table.takeSeen()).containsExactly(APP);
        assertThat(table.takeSeen()).isEmpty();
        traffic.enter();
        traffic.leave();
        assertThat(table.takeSeen()).containsExactly(APP);
    }

    @Test
    void theLogLineIsHerokus() throws Exception {
        AccessLine line = new AccessLine(
                null, "", "GET", "/a\"b", "app.localhost", "id", "1.2.3.4", "web.1", 1, 18, 200, 13, "https");
        assertThat(text(line))
                .isEqualTo("at=info method=GET path=\"/a\\\"b\" host=app.localhost request_id=id fwd=\"1.2.3.4\" "
                        + "dyno=web.1 connect=1ms service=18ms status=200 bytes=13 protocol=https");
        AccessLine refused = new AccessLine(
                RouterError.H14, "", "GET", "/", "app.localhost", "id", "1.2.3.4", "", -1, -1, 503, -1, "http");
        assertThat(text(refused))
                .startsWith("at=error code=H14 desc=\"No web processes running\" method=GET")
                .contains("dyno= connect= service= status=503 bytes= protocol");
    }

    @Test
    void whateverIsInAPathTheLogLineIsOne() throws Exception {
        String nasty = "/\\\"\u0000\n\u007fé€\ud83d\ude00";
        AccessLine line = new AccessLine(null, "", "GET", nasty, "a", "id", nasty, "web.1", 0, 0, 200, 0, "http");
        assertThat(text(line))
                .contains("path=\"/\\\\\\\"é€\ud83d\ude00\" host=a")
                .contains("fwd=\"/\\\\\\\"é€\ud83d\ude00\" dyno=web.1");
    }

    private static String text(AccessLine line) throws Exception {
        ByteWriter out = new ByteWriter();
        line.writeJson(out);
        return Json.mapper().readValue('"' + out.text() + '"', String.class);
    }

    private Route route(UUID app, long revision, Route.State state, String... hosts) {
        return new Route(app, "app", revision, state, List.of(hosts), List.of(one.backend()));
    }
}
