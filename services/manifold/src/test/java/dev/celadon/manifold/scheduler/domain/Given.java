package dev.celadon.manifold.scheduler.domain;

import dev.celadon.contract.DynoState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Apps and dynos for the tests of the rules. */
final class Given {
    static final UUID APP = UUID.nameUUIDFromBytes(new byte[] {1});

    private Given() {}

    static Wanted wanted(int version, int web, int worker) {
        return new Wanted(
                APP,
                "app",
                UUID.randomUUID(),
                version,
                "sha",
                "commit",
                "cedar",
                List.of(new Wanted.Type("web", "w", web, 512, 60), new Wanted.Type("worker", "k", worker, 512, 60)));
    }

    static Dyno dyno(String name, int version, DynoState state) {
        return dyno(name, version, state, state == DynoState.UP, false, 512, null, Instant.EPOCH);
    }

    static Dyno dyno(
            String name,
            int version,
            DynoState state,
            boolean wasUp,
            boolean isReplaced,
            int memoryMb,
            @Nullable Instant retiredAt,
            Instant at) {
        return new Dyno(
                UUID.randomUUID(),
                APP,
                name,
                version,
                "n",
                memoryMb,
                state,
                "10.0.0.2",
                5000,
                at,
                null,
                state == DynoState.CRASHED ? 1 : null,
                wasUp,
                isReplaced,
                null,
                retiredAt,
                at);
    }

    static Dyno replaced(Dyno dyno) {
        return dyno(dyno.name(), dyno.version(), dyno.state(), dyno.wasUp(), true, dyno.memoryMb(), null, dyno.since());
    }

    static Dyno caused(Dyno dyno, String cause) {
        return new Dyno(
                dyno.id(),
                dyno.appId(),
                dyno.name(),
                dyno.version(),
                dyno.nodeId(),
                dyno.memoryMb(),
                dyno.state(),
                dyno.address(),
                dyno.port(),
                dyno.since(),
                cause,
                null,
                dyno.wasUp(),
                dyno.isReplaced(),
                null,
                dyno.retiredAt(),
                dyno.createdAt());
    }

    static Convergence.Situation first(Wanted wanted) {
        return new Convergence.Situation(wanted, Optional.empty(), false, false, 0, Set.of(), (version, name) -> true);
    }

    static Convergence.Situation live(Wanted wanted) {
        return new Convergence.Situation(wanted, Optional.empty(), true, false, 0, Set.of(), (version, name) -> true);
    }

    static Convergence.Situation rolling(Wanted wanted, Wanted standing) {
        return new Convergence.Situation(
                wanted, Optional.of(standing), false, false, 0, Set.of(), (version, name) -> true);
    }

    static Convergence.Situation failed(Wanted wanted, Wanted standing) {
        return new Convergence.Situation(
                wanted, Optional.of(standing), false, true, 0, Set.of(), (version, name) -> true);
    }

    static List<String> words(List<Action> actions) {
        List<String> words = new ArrayList<>();
        for (Action action : actions) {
            if (action instanceof Action.Start start) {
                words.add("start " + start.name() + " v" + start.release().version());
            } else if (action instanceof Action.Retire retire) {
                words.add(
                        "retire " + retire.dyno().name() + " v" + retire.dyno().version());
            } else if (action instanceof Action.Replace replace) {
                words.add("replace " + replace.dyno().name());
            } else if (action instanceof Action.Forget forget) {
                words.add(
                        "forget " + forget.dyno().name() + " v" + forget.dyno().version());
            } else if (action instanceof Action.GoLive) {
                words.add("live");
            } else if (action instanceof Action.Fail fail) {
                words.add("fail " + fail.reason());
            }
        }
        return words;
    }
}
