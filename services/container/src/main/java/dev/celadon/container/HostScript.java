package dev.celadon.container;

import dev.celadon.runtime.Processes;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The verbs of {@code host.sh}: what the platform does to this host, one process a verb. */
final class HostScript {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Processes processes;
    private final Path script;

    HostScript(Processes processes, Path script) {
        this.processes = processes;
        this.script = script;
    }

    /** Fails with the script's own words. */
    Future<Void> run(String... arguments) {
        return processes
                .run(LIMIT, command(script, arguments))
                .map(result -> result.orFail("host " + arguments[0]))
                .mapEmpty();
    }

    static List<String> command(Path script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("bash", script.toString()));
        command.addAll(List.of(arguments));
        return command;
    }
}
