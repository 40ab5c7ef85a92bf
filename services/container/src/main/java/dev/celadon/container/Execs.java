package dev.celadon.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.runtime.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Further processes inside running containers, each with a bundle and a monitor of its own. */
final class Execs {
    private static final String NETWORK = "NEWNET";

    private final Vertx vertx;
    private final HostScript script;
    private final Path run;

    Execs(Vertx vertx, HostScript script, Path run) {
        this.vertx = vertx;
        this.script = script;
        this.run = run;
    }

    Future<Void> create(ExecSpec spec) {
        return vertx.executeBlocking(() -> write(spec), false)
                .compose(written -> script.run("inside", spec.id(), spec.target(), spec.isTerminal() ? "-t" : "-i"));
    }

    private Path write(ExecSpec spec) throws IOException {
        Path target = run.resolve("c").resolve(spec.target()).resolve("config.json");
        if (!Files.exists(target)) {
            throw new IOException("no container " + spec.target() + " runs");
        }
        Path bundle = Files.createDirectory(run.resolve("c").resolve(spec.id()));
        Map<String, String> environment = environment(target);
        environment.putAll(spec.environment());
        // It holds the config vars: nobody but root may read it.
        Path file = Files.createFile(
                bundle.resolve("process.json"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Json.mapper().writeValue(file.toFile(), OciConfig.process(spec.command(), environment, spec.isTerminal()));
        Path state = run.resolve("oci").resolve(spec.target()).resolve("state.json");
        if (Files.exists(state)) {
            Json.mapper().writeValue(bundle.resolve("state.json").toFile(), withoutNetwork(state));
        }
        return bundle;
    }

    private static Map<String, String> environment(Path config) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        for (JsonNode variable : Json.mapper().readTree(config.toFile()).at("/process/env")) {
            String[] pair = variable.asText().split("=", 2);
            environment.put(pair[0], pair[1]);
        }
        return environment;
    }

    /**
     * runc enters the user namespace first, and may then not enter a network namespace that was made outside it. It is
     * therefore started in that network, and reads a state that does not name it.
     */
    private static JsonNode withoutNetwork(Path stateFile) throws IOException {
        JsonNode state = Json.mapper().readTree(stateFile.toFile());
        if (state.path("namespace_paths") instanceof ObjectNode paths) {
            paths.remove(NETWORK);
        }
        Iterator<JsonNode> namespaces = state.at("/config/namespaces").iterator();
        while (namespaces.hasNext()) {
            if (namespaces.next().path("type").asText().equals(NETWORK)) {
                namespaces.remove();
            }
        }
        return state;
    }
}
